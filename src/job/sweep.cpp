// Values that the words of a command line run through, and the figures that go with them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "ipucnn/find_equivalents.h"
#include "job/parts.h"

namespace ipucnn::job {
namespace {

constexpr std::size_t kMostPoints = 1000;

/// Of KEY=V1,V2 or KEY=VALUE, with underscores.
std::string key_of(const Word& word) {
  return replace_char(word.text.substr(0, word.text.find('=')), '-', '_');
}

std::string value_of(const Word& word) {
  const std::size_t equals = word.text.find('=');
  return equals == std::string::npos ? std::string() : word.text.substr(equals + 1);
}

bool is_set_to(const Word& set, std::string_view key) {
  return key_of(set) == replace_char(key, '-', '_');
}

/// What stands between commas, those in brackets apart.
std::vector<std::string> values_of(const Word& sweep) {
  std::vector<std::string> values(1);
  int depth = 0;
  for (const char c : value_of(sweep)) {
    depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == ',' && depth == 0)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

/// The word of ours that a figure stands for; null for an option of the application.
std::optional<Word>* figure_of(JobRequest& request, std::string_view key) {
  if (key == "global_batch") return &request.global_batch;
  if (key == "instances") return &request.instances;
  if (key == "hosts") return &request.hosts;
  if (key == "ipus") return &request.ipus;
  return key == "target" ? &request.target : nullptr;
}

/// A word of our command line that says the same as an axis, so that the runs would not be what
/// their names say; null: none does.
const Word* rival_of(JobRequest& request, const Word& axis) {
  const std::string key = key_of(axis);
  const auto is_it = [&](const Word& word) { return is_set_to(word, key); };
  if (std::any_of(request.swept.begin(), request.swept.end(), is_it)) return &axis;
  if (const auto* figure = figure_of(request, key))
    return *figure && (*figure)->at.source == kCommandLine ? &**figure : nullptr;
  for (const auto* words : {&request.sets, &request.unsets})
    if (const auto word = std::find_if(words->begin(), words->end(), is_it); word != words->end())
      return &*word;
  for (const Word& word : request.overrides)
    if (word.at.source == kCommandLine && word.text.starts_with("--") &&
        is_it({word.text.substr(2), word.at}))
      return &word;
  return nullptr;
}

std::string swept_and_given(std::string_view key) {
  return fmt::format("{} is swept and given as well", key);
}

/// Every value in place of those before; false when there are too many.
bool multiply(std::vector<JobRequest>& requests, const Word& axis, Diagnostics& out) {
  const std::vector<std::string> values = values_of(axis);
  if (axis.text.find('=') == std::string::npos ||
      std::any_of(values.begin(), values.end(), [](const std::string& v) { return v.empty(); })) {
    out.add(FindingId::K010, axis.at, fmt::format("'{}' names no values", axis.text)).help =
        "write KEY=V1,V2";
    return false;
  }
  if (const Word* rival = rival_of(requests.front(), axis)) {
    out.add(FindingId::K019, rival->at, swept_and_given(key_of(axis))).help =
        "leave one of the two out";
    return false;
  }
  if (requests.size() * values.size() > kMostPoints) {
    out.add(FindingId::K051, axis.at,
            fmt::format("the sweep stands for more than {} runs", kMostPoints));
    return false;
  }
  std::vector<JobRequest> all;
  for (const JobRequest& request : requests)
    for (const std::string& value : values) {
      JobRequest& one = all.emplace_back(request);
      const std::string key = key_of(axis);
      one.swept.push_back({key + "=" + value, axis.at});
      if (std::optional<Word>* figure = figure_of(one, key); figure != nullptr)
        *figure = Word{value, axis.at};
      else
        one.sets.push_back({key + "=" + value, axis.at});
    }
  requests = std::move(all);
  return true;
}

/// The option of a quantity of the first step; empty where the script has none.
std::string key_of(const JobPoint& point, QuantityName quantity) {
  const JobStep& step = point.first();
  return std::string(step.schema().key_of(quantity, step.purpose.script).value_or(""));
}

std::optional<std::int64_t> swept_figure(const JobRequest& request, std::string_view key) {
  for (const Word& value : request.swept)
    if (!key.empty() && is_set_to(value, key)) return parse_int64(value_of(value));
  return std::nullopt;
}

bool is_count(std::string_view text) { return parse_int64(text).value_or(0) >= 1; }

/// Whether what is asked for is a count, so that the solver may choose the rest. Else the point
/// itself says what is wrong.
bool asks_counts(const JobRequest& request, const std::string& micro,
                 const std::string& accumulation) {
  return (!request.global_batch || is_count(request.global_batch->text)) &&
         std::all_of(request.sets.begin(), request.sets.end(), [&](const Word& set) {
           return (!is_set_to(set, micro) && !is_set_to(set, accumulation)) ||
                  is_count(value_of(set));
         });
}

/// What won over a value that is swept, in whatever spelling; null: nothing did.
const Setting* beaten(const JobRequest& request, const JobPoint& seen) {
  for (const Setting& setting : seen.first().settings.all()) {
    if (setting.origin.kind != OriginKind::CommandLine) continue;
    for (const Shadowed& loser : setting.shadowed)
      for (const Word& value : request.swept)
        if (loser.origin.at == value.at) return &setting;
  }
  return nullptr;
}

}  // namespace

std::vector<JobRequest> sweep(std::vector<JobRequest> requests, Diagnostics& out) {
  if (requests.empty()) return requests;
  const std::vector<Word> axes = requests.front().sweeps;
  for (JobRequest& request : requests) request.sweeps.clear();
  for (const Word& axis : axes)
    if (!multiply(requests, axis, out)) return {};
  return requests;
}

JobRequest for_solver(const JobRequest& request, const JobPoint& seen) {
  JobRequest open = request;
  open.global_batch.reset();
  const std::string micro = key_of(seen, QuantityName::MicroBatch);
  const std::string accumulation = key_of(seen, QuantityName::Accumulation);
  std::erase_if(open.sets, [&](const Word& set) {
    return is_set_to(set, micro) || is_set_to(set, accumulation);
  });
  return open;
}

namespace {

/// Without accumulation the replicas share the batch, and the micro batch is all there is to
/// choose.
SweptFigures share_swept(const JobRequest& request, const JobPoint& open, const std::string& micro,
                         std::int64_t global_batch) {
  const auto& has = open.first().geometry.replicas;
  const std::int64_t replicas = has ? has->value : 1;
  // The point itself says what does not divide.
  if (global_batch < 1 || global_batch % replicas != 0) return {};
  JobRequest chosen = for_solver(request, open);
  chosen.sets.push_back(
      {fmt::format("{}={}", micro, global_batch / replicas), request.swept.front().at});
  return {std::move(chosen), ""};
}

}  // namespace

SweptFigures solve_swept(const JobRequest& request, const JobPoint& seen, const JobPoint& open,
                         std::optional<std::int64_t> kept) {
  if (const Setting* rival = beaten(request, seen))
    return {std::nullopt, swept_and_given(rival->key), rival->origin.at};
  if (open.steps.empty() || !open.shown) return {};
  const std::string micro = key_of(open, QuantityName::MicroBatch);
  const std::string accumulation = key_of(open, QuantityName::Accumulation);
  const bool accumulates =
      !accumulation.empty() && !open.first().purpose.lacks(QuantityName::Accumulation);
  if (micro.empty() || !asks_counts(request, micro, accumulation)) return {};
  AskedFigures asked;
  asked.global_batch = request.global_batch ? parse_int64(request.global_batch->text) : kept;
  asked.micro_batch = swept_figure(request, micro);
  asked.accumulation = swept_figure(request, accumulation);
  asked.instances = request.instances ? parse_int64(request.instances->text) : std::nullopt;
  // The machine stays as full as it is.
  if (const auto& replicas = open.first().geometry.replicas) asked.replicas = replicas->value;
  const auto& has = seen.first().geometry.global_batch;
  const bool as_asked = !asked.global_batch || (has && has->value == *asked.global_batch);
  if (!accumulates)
    return as_asked ? SweptFigures{} : share_swept(request, open, micro, *asked.global_batch);
  if (seen.is_legal() && as_asked) return {};
  const auto space = solve_space(open.first(), asked);
  if (!space) return {};
  const Solution solution = solve(*space);
  // An illegal point says by itself which rule it breaks.
  if (solution.violated)
    return {std::nullopt, seen.is_legal() ? no_answer_text(solution, *space) : ""};
  const Answer& best = solution.answers.front();
  JobRequest chosen = for_solver(request, open);
  const auto set = [&](const std::string& key, std::int64_t value) {
    chosen.sets.push_back({fmt::format("{}={}", key, value), request.swept.front().at});
  };
  set(micro, best.micro_batch);
  // An application with a global batch of its own works the accumulation out.
  if (!open.first().geometry.own_global_batch)
    set(accumulation, best.accumulation);
  else if (asked.global_batch)
    set(key_of(open, QuantityName::GlobalBatch), best.global_batch);
  return {std::move(chosen), ""};
}

}  // namespace ipucnn::job
