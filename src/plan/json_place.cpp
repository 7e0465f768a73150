#include "plan/json_place.h"

#include <fmt/format.h>

#include <limits>

#include "base/base64.h"
#include "base/text.h"

namespace ipucnn::planning {
namespace {

const Json kNull;

std::string_view kind_of(const Json& json) {
  if (json.is_null()) return "null";
  if (json.is_boolean()) return "a boolean";
  if (json.is_number()) return "a number";
  if (json.is_string()) return "a text";
  return json.is_array() ? "a list" : "an object";
}

}  // namespace

std::string utf8_or_replaced(const std::string& text) {
  if (is_utf8(text)) return text;
  const auto replace = Json::error_handler_t::replace;
  return Json::parse(Json(text).dump(-1, ' ', false, replace)).get<std::string>();
}

std::string without_tag(std::string_view message) {
  const std::size_t tag = message.find("] ");
  return std::string(message.substr(tag == message.npos ? 0 : tag + 2));
}

bool Place::has(std::string_view name) const {
  return json_->is_object() && json_->contains(std::string(name));
}

void Place::fail(std::string_view what) const {
  if (error_->empty()) *error_ = fmt::format("{}: {}", path_, what);
}

Place Place::member(std::string_view name) const {
  const Place found = optional_member(name);
  if (json_->is_object() && !has(name)) found.fail("is missing");
  return found;
}

Place Place::optional_member(std::string_view name) const {
  if (!json_->is_object()) fail(fmt::format("is an object, not {}", kind_of(*json_)));
  return {has(name) ? json_->at(std::string(name)) : kNull, fmt::format("{}.{}", path_, name),
          *error_};
}

std::vector<Place> Place::items() const {
  std::vector<Place> all;
  if (!json_->is_array()) {
    fail(fmt::format("is a list, not {}", kind_of(*json_)));
    return all;
  }
  for (std::size_t i = 0; i < json_->size(); ++i)
    all.emplace_back(json_->at(i), fmt::format("{}[{}]", path_, i), *error_);
  return all;
}

std::vector<std::pair<std::string, Place>> Place::fields() const {
  std::vector<std::pair<std::string, Place>> all;
  if (!json_->is_object()) {
    fail(fmt::format("is an object, not {}", kind_of(*json_)));
    return all;
  }
  for (auto it = json_->begin(); it != json_->end(); ++it)
    all.emplace_back(it.key(), Place(*it, fmt::format("{}.{}", path_, it.key()), *error_));
  return all;
}

std::string Place::text() const {
  if (has("bytes")) {
    auto bytes = from_base64(member("bytes").shown_text());
    if (!bytes) member("bytes").fail("is no base64");
    if (bytes && bytes->find('\0') != bytes->npos) member("bytes").fail("holds a NUL");
    return bytes.value_or("");
  }
  return shown_text();
}

std::string Place::name() const {
  std::string out = text();
  if (out.empty()) fail("is empty");
  return out;
}

std::string Place::shown_text() const {
  if (!json_->is_string()) {
    fail(fmt::format("is a text, not {}", kind_of(*json_)));
    return {};
  }
  auto out = json_->get<std::string>();
  if (out.find('\0') != out.npos) fail("holds a NUL");
  return out;
}

std::optional<std::string> Place::text_or_null() const {
  if (is_null()) return std::nullopt;
  return text();
}

std::vector<std::string> Place::texts() const {
  std::vector<std::string> all;
  for (const Place& at : items()) all.push_back(at.text());
  return all;
}

bool Place::boolean() const {
  if (!json_->is_boolean()) {
    fail(fmt::format("is true or false, not {}", kind_of(*json_)));
    return false;
  }
  return json_->get<bool>();
}

std::int64_t Place::whole(std::int64_t least) const {
  const bool fits =
      json_->is_number_integer() &&
      !(json_->is_number_unsigned() &&
        json_->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()});
  if (!fits) {
    fail(json_->is_number() ? "is no whole number that fits"
                            : fmt::format("is a whole number, not {}", kind_of(*json_)));
    return least;
  }
  const auto value = json_->get<std::int64_t>();
  if (value < least) fail(fmt::format("is at least {}", least));
  return value;
}

std::optional<std::int64_t> Place::whole_or_null(std::int64_t least) const {
  if (is_null()) return std::nullopt;
  return whole(least);
}

}  // namespace ipucnn::planning
