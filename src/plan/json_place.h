#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ipucnn::planning {

using Json = nlohmann::ordered_json;

/// UTF-8 with what is none replaced, as JSON shows a word.
std::string utf8_or_replaced(const std::string& text);

/// What a parser of JSON says, without its own name for it.
std::string without_tag(std::string_view message);

/// A field of a JSON text and its path. What is not as it is asked for is reported once, the first
/// fault for all; the value is then an empty one, so that reading can go on to its end.
class Place {
 public:
  Place(const Json& json, std::string path, std::string& error)
      : json_(&json), path_(std::move(path)), error_(&error) {}

  const Json& json() const { return *json_; }
  const std::string& path() const { return path_; }
  bool is_null() const { return json_->is_null(); }
  bool is_array() const { return json_->is_array(); }
  /// Whether it is an object with this field.
  bool has(std::string_view name) const;

  void fail(std::string_view what) const;

  /// A field of an object, which has to be there.
  Place member(std::string_view name) const;
  /// The same, null when it is not there.
  Place optional_member(std::string_view name) const;
  std::vector<Place> items() const;
  std::vector<std::pair<std::string, Place>> fields() const;

  /// A text without NUL, or `{"bytes": BASE64}`.
  std::string text() const;
  /// A text of one character and more.
  std::string name() const;
  /// A text as JSON holds it, bytes not taken apart.
  std::string shown_text() const;
  std::optional<std::string> text_or_null() const;
  std::vector<std::string> texts() const;
  bool boolean() const;
  std::int64_t whole(std::int64_t least) const;
  std::optional<std::int64_t> whole_or_null(std::int64_t least) const;

 private:
  const Json* json_;
  std::string path_;
  std::string* error_;
};

}  // namespace ipucnn::planning
