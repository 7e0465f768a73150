#include "import/job_tree.h"

namespace ipucnn::importing {
namespace {

void put(const JobNode& node, Document& document) {
  const auto index = document.nodes.size();
  const bool scalar = node.kind == NodeKind::Scalar;
  NodeRecord record{};
  record.kind = node.kind;
  record.line = node.at.line;
  record.column = node.at.column;
  record.set_length(node.at.length);
  record.type = node.type;
  if (scalar) {
    record.text = static_cast<std::uint32_t>(document.pool.size());
    record.size = static_cast<std::uint32_t>(node.text.size());
    record.in_pool = true;
    document.pool += node.text;
  } else {
    const std::size_t count = node.children.size();
    record.size = static_cast<std::uint32_t>(node.kind == NodeKind::Map ? count / 2 : count);
  }
  document.nodes.push_back(record);
  for (const JobNode& child : node.children) put(child, document);
  document.nodes[index].end = static_cast<std::uint32_t>(document.nodes.size());
}

}  // namespace

JobNode& JobNode::entry(std::string_view key, Span place) {
  for (std::size_t i = 0; i + 1 < children.size(); i += 2)
    if (children[i].text == key) return children[i + 1];
  children.push_back(scalar(std::string(key), place));
  children.push_back(map(place));
  return children.back();
}

void JobNode::set(std::string_view key, JobNode value) {
  const Span place = value.at;
  entry(key, place) = std::move(value);
}

bool JobNode::has(std::string_view key) const {
  for (std::size_t i = 0; i + 1 < children.size(); i += 2)
    if (children[i].text == key) return true;
  return false;
}

std::unique_ptr<Document> job_document(const std::string& name, Span at, JobNode body) {
  JobNode jobs = JobNode::map(at);
  jobs.set(name, std::move(body));
  jobs.children.front().at = at;
  JobNode top = JobNode::map(at);
  top.set("jobs", std::move(jobs));
  auto document = std::make_unique<Document>();
  put(top, *document);
  document->tree = {document->nodes.data(),
                    static_cast<std::uint32_t>(document->nodes.size()),
                    {},
                    document->pool,
                    at.source,
                    nullptr};
  return document;
}

}  // namespace ipucnn::importing
