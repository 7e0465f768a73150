#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
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

/// What the layers set, each key once. Defaults are not in here. A copy shares each setting until
/// one of the two changes it, as commands of a list do with what their preset says.
class Settings {
  /// One that others hold as well is replaced rather than changed.
  using Held = std::vector<std::shared_ptr<Setting>>;

 public:
  /// The settings in the order in which their keys came in.
  class All {
   public:
    class Iterator {
     public:
      using iterator_category = std::forward_iterator_tag;
      using value_type = Setting;
      using difference_type = std::ptrdiff_t;
      using pointer = const Setting*;
      using reference = const Setting&;

      Iterator() = default;
      explicit Iterator(Held::const_iterator at) : at_(at) {}
      reference operator*() const { return **at_; }
      pointer operator->() const { return at_->get(); }
      Iterator& operator++() {
        ++at_;
        return *this;
      }
      Iterator operator++(int) { return Iterator(at_++); }
      bool operator==(const Iterator& other) const { return at_ == other.at_; }

     private:
      Held::const_iterator at_;
    };

    explicit All(const Held& held) : held_(held) {}
    Iterator begin() const { return Iterator(held_.begin()); }
    Iterator end() const { return Iterator(held_.end()); }
    std::size_t size() const { return held_.size(); }
    bool empty() const { return held_.empty(); }

   private:
    const Held& held_;
  };
  /// Holds as long as the settings and until they change.
  All all() const { return All(held_); }

  /// Absent when no layer sets the key. The pointer holds until the next change.
  const Setting* find(FactName key) const;

  /// The only function that decides between two values: the newcomer wins, the old one is kept.
  /// Callers assign in the order of the layers, weakest first.
  void assign(FactName key, Value value, Origin origin);

  /// Makes room for that many keys, those of an application's options among them.
  void reserve(std::size_t keys, std::size_t options = 0) {
    held_.reserve(keys);
    if (places_.size() < options) places_.resize(options, 0);
  }

  /// Takes a key out, as `--unset` does; true when it was there.
  bool remove(std::string_view key);

  /// A setting for the settings of others; null when no layer sets the key.
  std::shared_ptr<const Setting> shared(FactName key) const;
  /// Takes one of others'. False where its key is set already.
  bool share(const std::shared_ptr<const Setting>& setting);

 private:
  std::size_t index_of(FactName key) const;
  void note_place(std::size_t index);

  Held held_;
  std::vector<std::uint32_t> places_;  ///< by an option's number: behind its place; 0: none
  bool all_numbered_ = true;           ///< a number that has no place is not there
};

/// A value that is one scalar.
Value single(std::string text, Span at, ScalarType type = ScalarType::String);

/// Same scalars in the same order, whatever their places.
bool same_value(const Value& a, const Value& b);

/// For people: "8", "[b1/2/relu, b2/3/relu]".
std::string value_text(const Value& value);

}  // namespace ipucnn
