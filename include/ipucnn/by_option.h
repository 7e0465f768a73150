#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace ipucnn {

/// Values that stay where they are, allocated some at a time.
template <typename T, std::size_t kAtATime>
class Kept {
 public:
  T& add(T value) {
    if (all_.empty() || all_.back().size() == kAtATime) all_.emplace_back().reserve(kAtATime);
    return all_.back().emplace_back(std::move(value));
  }

 private:
  std::vector<std::vector<T>> all_;
};

/// Values of an application's options, several of one where a key decides as well. Each is made
/// where it is first asked for, and stays where it is.
template <typename Key, typename T>
class ByOption {
 public:
  /// That of option `number` among `options`; `make()` gives one that is not known yet.
  template <typename Make>
  const T* get(std::size_t number, std::size_t options, const Key& key, Make make) {
    if (newest_.empty()) newest_.resize(options);
    for (const Made* made = newest_[number]; made != nullptr; made = made->older)
      if (made->key == key) return &made->value;
    newest_[number] = &made_.add({key, newest_[number], make()});
    return &newest_[number]->value;
  }

 private:
  struct Made {
    Key key;
    const Made* older;  ///< another value of the option; null: none
    T value;
  };
  std::vector<const Made*> newest_;  ///< by the option's number; null: not asked for yet
  Kept<Made, 64> made_;              ///< most starts ask for one set of sixty options
};

}  // namespace ipucnn
