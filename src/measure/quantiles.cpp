// Alone with these headers, which take long to compile.
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "ipucnn/statistics.h"

namespace ipucnn {

double student_quantile(double probability, double degrees) {
  return boost::math::quantile(boost::math::students_t(degrees), probability);
}

double student_p(double t, double degrees) {
  // Large values leave a t that no number can hold: what is no number proves nothing.
  if (!std::isfinite(t)) return std::isnan(t) ? 1 : 0;
  const boost::math::students_t distribution(degrees);
  return 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(t)));
}

}  // namespace ipucnn
