// A pax archive by our own hand: Debian's static libarchive wants nettle, acl, lzma, lz4, bz2 and
// xml2 beside zlib and zstd.
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "ipucnn/bundle.h"

namespace ipucnn {
namespace {

constexpr std::size_t kBlock = 512;

/// "27 path=a/b\n": the length counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;  // blank, = and line end
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length)
    length = std::to_string(length).size() + rest;
  return fmt::format("{} {}={}\n", length, key, value);
}

void put(std::array<char, kBlock>& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

/// POSIX.1-1988 ustar: fields at fixed places, numbers as octal texts.
void add_entry(std::string& out, char type, std::string_view name, std::string_view text,
               std::int64_t time) {
  constexpr std::size_t kName = 100;
  constexpr std::size_t kChecksum = 148;
  std::array<char, kBlock> header{};
  put(header, 0, name.substr(0, kName));
  put(header, 100, "0000644");
  put(header, 108, "0000000");
  put(header, 116, "0000000");
  put(header, 124, fmt::format("{:011o}", text.size()));
  put(header, 136, fmt::format("{:011o}", std::max<std::int64_t>(time, 0)));
  put(header, kChecksum, "        ");  // counts as blanks
  header.at(156) = type;
  put(header, 257,
      std::string_view("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(header, kChecksum, fmt::format("{:06o}", sum));
  header.at(kChecksum + 6) = '\0';
  out.append(header.data(), header.size());
  out += text;
  out.append((kBlock - text.size() % kBlock) % kBlock, '\0');
}

bool fits(std::string_view path) {
  return path.size() < 100 && std::all_of(path.begin(), path.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x80;
         });
}

std::string gzip(const std::string& text) {
  constexpr int kWindowAndGzip = 15 + 16;
  constexpr int kMemory = 8;
  z_stream stream{};
  ::deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowAndGzip, kMemory,
                 Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

}  // namespace

std::string tar_gz(const std::vector<ArchivedFile>& files) {
  std::string tar;
  for (const ArchivedFile& file : files) {
    if (!fits(file.path)) add_entry(tar, 'x', "pax", pax_record("path", file.path), file.time);
    add_entry(tar, '0', file.path, file.text, file.time);
  }
  tar.append(2 * kBlock, '\0');
  return gzip(tar);
}

}  // namespace ipucnn
