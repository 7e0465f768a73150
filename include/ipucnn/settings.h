#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/condition.h"
#include "ipucnn/value.h"

namespace ipucnn {

/// A value that a stronger layer overruled.
struct Shadowed {
  Value value;
  Origin origin;
};

/// One option's value, where it comes from, and every loser, weakest first.
struct Setting {
  std::string key;
  Value value;
  Origin origin;
  std::vector<Shadowed> shadowed;
  std::uint32_t number = kNone;  ///< of the option, where it was looked up

  FactName name() const { return {key, number}; }
};

/// What the layers set, each key once. Defaults are not in here.
class Settings {
 public:
  /// Absent when no layer sets the key. The pointer holds until the next assign.
  const Setting* find(FactName key) const;

  /// The only function that decides between two values: the newcomer wins, the old one is kept.
  /// Callers assign in the order of the layers, weakest first.
  Setting& assign(FactName key, Value value, Origin origin);

  /// Makes room for that many keys.
  void reserve(std::size_t count) { all_.reserve(count); }

  /// Takes a key out, as `--unset` does; true when it was there.
  bool remove(std::string_view key);

  const std::vector<Setting>& all() const { return all_; }

 private:
  std::size_t index_of(FactName key) const;
  void note_place(std::size_t index);

  std::vector<Setting> all_;
  std::vector<std::uint32_t> places_;  ///< by an option's number: behind its place in all_; 0: none
  bool all_numbered_ = true;           ///< a number that has no place is not there
};

/// A value that is one scalar.
Value single(std::string text, Span at, ScalarType type = ScalarType::String);

/// Same scalars in the same order, whatever their places.
bool same_value(const Value& a, const Value& b);

/// For people: "8", "[b1/2/relu, b2/3/relu]".
std::string value_text(const Value& value);

}  // namespace ipucnn
