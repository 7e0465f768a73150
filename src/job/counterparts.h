#pragma once

#include <optional>
#include <string_view>

#include "ipucnn/job.h"

namespace ipucnn::job {

/// Whether two scalars of a descriptor say the same: equal texts, or one boolean.
bool same_scalar(std::string_view a, std::string_view b);

/// What an option is called at the other release, and what its values become.
struct Counterpart {
  std::string_view key;        ///< empty: it has none
  Node values;                 ///< its values -> those there
  bool back = false;           ///< `values` and `text` are the other way round
  std::string_view text;       ///< of the value there, with {value}
  std::string_view otherwise;  ///< the value there of those that `values` does not name
  std::string_view why;
  bool renamed = false;
};

/// A value at the other release. Absent: it has none there.
struct RewrittenScalar {
  std::optional<Scalar> scalar;
  bool lossy = false;  ///< it says less there
};
RewrittenScalar rewritten(const Counterpart& counterpart, const Scalar& scalar);

/// Looks options of one release up in another. Looks at both, which must outlive it.
class Counterparts {
 public:
  Counterparts(const JobStep& from, const AppSchema& to);

  const AppSchema& to() const { return to_; }
  /// The script there.
  std::string_view script() const { return there_; }
  const OptionSpec* there(std::string_view key) const;
  const OptionSpec* here(std::string_view key) const { return effective_.option(key); }
  const Effective& effective() const { return effective_; }
  Counterpart of(std::string_view key) const;

 private:
  Node change_of(std::string_view key) const;
  bool crosses(Node change) const;
  bool take_same(std::string_view key, Counterpart& found) const;
  void take_renamed(std::string_view key, Counterpart& found) const;
  void take_back(std::string_view key, Counterpart& found) const;

  const AppSchema& from_;
  const AppSchema& to_;
  bool up_;  ///< to a later release
  std::string_view script_;
  std::string_view there_;
  Effective effective_;
};

}  // namespace ipucnn::job
