#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ipucnn/tree.h"

namespace ipucnn::importing {

/// A node of a job that is being put together: a scalar, a list or a mapping, with the place that
/// it was read from.
struct JobNode {
  NodeKind kind = NodeKind::Scalar;
  std::string text;
  ScalarType type = ScalarType::String;
  Span at;
  std::vector<JobNode> children;  ///< a mapping's keys and values in turn

  static JobNode map(Span place) { return {NodeKind::Map, {}, ScalarType::String, place, {}}; }
  static JobNode list(Span place) { return {NodeKind::List, {}, ScalarType::String, place, {}}; }
  static JobNode scalar(std::string text, Span place, ScalarType type = ScalarType::String) {
    return {NodeKind::Scalar, std::move(text), type, place, {}};
  }

  /// The value of a key, added as an empty mapping when it is missing.
  JobNode& entry(std::string_view key, Span place);
  /// Sets a key, in its place when it is there already.
  void set(std::string_view key, JobNode value);
  bool has(std::string_view key) const;
};

/// `jobs: {NAME: BODY}` as a file's tree would be, save that the nodes' places are their own.
std::unique_ptr<Document> job_document(const std::string& name, Span at, JobNode body);

}  // namespace ipucnn::importing
