#include <algorithm>
#include <cmath>
#include <numeric>

#include "ipucnn/statistics.h"

namespace ipucnn {
namespace {

/// How often each u comes up among all ways to mix m and n values without ties.
std::vector<double> ways_of(std::size_t m, std::size_t n) {
  // ways[j][u] for j values of the first set, one after the other.
  std::vector<std::vector<double>> ways(m + 1, std::vector<double>(m * n + 1, 0));
  ways[0][0] = 1;
  // The generating function is a product of (1 - q^(n + j)) / (1 - q^j); built by adding values of
  // the second set, each of which passes up to m of the first.
  for (std::size_t added = 1; added <= n + m; ++added)
    for (std::size_t j = std::min(m, added); j >= 1; --j) {
      const std::size_t rank = added - j;  // of second-set values below the j-th
      if (rank > n) continue;
      for (std::size_t u = rank; u <= m * n; ++u) ways[j][u] += ways[j - 1][u - rank];
    }
  return ways[m];
}

double exact_p(std::size_t m, std::size_t n, double larger_u) {
  const std::vector<double> ways = ways_of(m, n);
  const double all = std::accumulate(ways.begin(), ways.end(), 0.0);
  const auto from = static_cast<std::ptrdiff_t>(larger_u);
  const double above = std::accumulate(ways.begin() + from, ways.end(), 0.0);
  return std::min(1.0, 2 * above / all);
}

}  // namespace

RankTest mann_whitney(std::span<const double> a, std::span<const double> b) {
  struct Mark {
    double value;
    bool first;
  };
  std::vector<Mark> all;
  for (const double value : a) all.push_back({value, true});
  for (const double value : b) all.push_back({value, false});
  std::sort(all.begin(), all.end(), [](const Mark& x, const Mark& y) { return x.value < y.value; });
  double ranks = 0;  // of the first set; equal values share theirs
  double ties = 0;
  for (std::size_t from = 0; from < all.size();) {
    std::size_t to = from;
    while (to < all.size() && all[to].value == all[from].value) ++to;
    const auto size = static_cast<double>(to - from);
    const double rank = static_cast<double>(from + to + 1) / 2;
    for (std::size_t i = from; i < to; ++i) ranks += all[i].first ? rank : 0;
    ties += size * size * size - size;
    from = to;
  }
  const auto m = static_cast<double>(a.size());
  const auto n = static_cast<double>(b.size());
  RankTest test;
  test.u = ranks - m * (m + 1) / 2;
  const double larger = std::max(test.u, m * n - test.u);
  constexpr std::size_t kFew = 8;
  constexpr std::size_t kMost = 200;  // beyond, the normal form is as good
  test.exact =
      ties == 0 && std::min(a.size(), b.size()) <= kFew && std::max(a.size(), b.size()) <= kMost;
  if (test.exact) {
    test.p = exact_p(std::min(a.size(), b.size()), std::max(a.size(), b.size()), larger);
    return test;
  }
  const double both = m + n;
  const double variance = m * n / 12 * (both + 1 - ties / (both * (both - 1)));
  if (variance <= 0) return test;  // all values are equal
  const double z = (larger - m * n / 2 - 0.5) / std::sqrt(variance);
  test.p = std::min(1.0, std::erfc(z / std::sqrt(2.0)));
  return test;
}

}  // namespace ipucnn
