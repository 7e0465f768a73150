#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace ipucnn {

/// What stages work out once for a thing that is asked about again and again, as an application is
/// by every command of a list: one value of each type, made where it is first asked for.
class Memo {
 public:
  template <typename T>
  T& of() {
    static const char kType = 0;  // its address tells the types apart
    for (const auto& [type, value] : values_)
      if (type == &kType) return *static_cast<T*>(value.get());
    return *static_cast<T*>(values_.emplace_back(&kType, std::make_shared<T>()).second.get());
  }
  void clear() { values_.clear(); }

 private:
  std::vector<std::pair<const char*, std::shared_ptr<void>>> values_;
};

}  // namespace ipucnn
