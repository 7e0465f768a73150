// Results of cases as bytes: numbers of seven bits a byte, texts behind their length.
#include <algorithm>
#include <bit>

#include "ipucnn/campaign.h"

namespace ipucnn {
namespace {

class Packer {
 public:
  explicit Packer(std::string& bytes) : bytes_(bytes) {}

  void number(std::uint64_t value) {
    constexpr std::uint64_t kMore = 0x80;
    for (; value >= kMore; value /= kMore) bytes_ += static_cast<char>(value % kMore + kMore);
    bytes_ += static_cast<char>(value);
  }
  void text(const std::string& value) {
    number(value.size());
    bytes_ += value;
  }
  void real(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    constexpr unsigned kByte = 8;
    for (unsigned shift = 0; shift < kByte * sizeof bits; shift += kByte)
      bytes_ += static_cast<char>(bits >> shift);
  }

 private:
  std::string& bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}

  void number(std::uint64_t& value) {
    constexpr unsigned kBits = 7;
    constexpr std::uint64_t kMore = 0x80;
    value = 0;
    for (unsigned shift = 0;; shift += kBits) {
      const auto byte = static_cast<unsigned char>(take(1).front());
      value += (byte % kMore) << shift;
      if (byte < kMore) return;
    }
  }
  void text(std::string& value) {
    std::uint64_t size = 0;
    number(size);
    value = take(size);
  }
  void real(double& value) {
    std::uint64_t bits = 0;
    unsigned shift = 0;
    constexpr unsigned kByte = 8;
    for (const char c : take(sizeof bits)) {
      bits += std::uint64_t{static_cast<unsigned char>(c)} << shift;
      shift += kByte;
    }
    value = std::bit_cast<double>(bits);
  }

 private:
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::string_view rest_;
};

// The same for both ways, so that what is read is what was written.

template <typename Way, typename Number>
void whole(Way& way, Number& value) {
  auto number = static_cast<std::uint64_t>(value);
  way.number(number);
  value = static_cast<Number>(number);
}

template <typename Way, typename Items, typename One>
void each(Way& way, Items& items, const One& one) {
  std::size_t size = items.size();
  whole(way, size);
  items.resize(size);
  for (auto& item : items) one(item);
}

template <typename Way, typename Value, typename One>
void maybe(Way& way, std::optional<Value>& value, const One& one) {
  bool there = value.has_value();
  whole(way, there);
  if (there && !value) value.emplace();
  if (there) one(*value);
}

template <typename Way>
void pack(Way& way, FigureResult& figure) {
  const auto real = [&](double& value) { way.real(value); };
  for (std::string* text : {&figure.step, &figure.metric, &figure.unit, &figure.what,
                            &figure.expected, &figure.missing})
    way.text(*text);
  whole(way, figure.n);
  whole(way, figure.by_run);
  whole(way, figure.fulfilment);
  maybe(way, figure.value, real);
  maybe(way, figure.old, real);
  maybe(way, figure.interval, [&](Interval& interval) {
    way.real(interval.low);
    way.real(interval.high);
  });
}

template <typename Way>
void pack(Way& way, CaseResult& result) {
  const auto text = [&](std::string& value) { way.text(value); };
  way.text(result.name);  // in front, for name_of
  way.text(result.refusal);
  maybe(way, result.label, text);
  each(way, result.starts, [&](StartResult& start) {
    for (std::string* one : {&start.run, &start.state, &start.reason, &start.phase}) way.text(*one);
    each(way, start.messages, text);
    each(way, start.lines, text);
  });
  each(way, result.figures, [&](FigureResult& figure) { pack(way, figure); });
  each(way, result.doubts, [&](CaseDoubt& doubt) {
    for (std::string* one : {&doubt.metric, &doubt.name, &doubt.says}) way.text(*one);
  });
}

std::string packed(CaseResult result) {
  std::string bytes;
  Packer way(bytes);
  pack(way, result);
  bytes.shrink_to_fit();
  return bytes;
}

}  // namespace

CaseResult CampaignResults::at(std::size_t index) const {
  CaseResult result;
  Unpacker way(packed_[index]);
  pack(way, result);
  return result;
}

std::string CampaignResults::name_of(std::size_t index) const {
  std::string name;
  Unpacker(packed_[index]).text(name);
  return name;
}

void CampaignResults::add(const CaseResult& result) { packed_.push_back(packed(result)); }

void CampaignResults::replace(std::size_t index, const CaseResult& result) {
  packed_[index] = packed(result);
}

}  // namespace ipucnn
