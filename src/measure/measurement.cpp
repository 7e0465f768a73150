#include <fmt/format.h>

#include <algorithm>

#include "ipucnn/measure.h"
#include "measure/byte_marks.h"
#include "measure/line_shapes.h"
#include "measure/metric_finder.h"
#include "measure/mlperf.h"
#include "measure/usual_lines.h"

namespace ipucnn {

using measuring::Extracted;
using measuring::LineShapes;
using measuring::MetricFinder;
using measuring::MlperfEvent;
using measuring::ShapeFigure;
using measuring::TextFinder;
using measuring::UsualLines;

/// Memory that lines share.
struct measuring::Scratch {
  MetricFinder::Look look;
  LineShapes shapes;
  UsualLines usual;
};

void ValueList::add_part() {
  constexpr std::size_t kLeast = 8;
  constexpr std::size_t kMost = std::size_t{1} << 15U;
  constexpr std::size_t kOutlined = 512;
  if (outlined_ && room_ == kOutlined) {
    next_ = parts_.front().values.get();
    outline_.add({next_, room_});
    if (starts_) starts_->add({next_, room_});
    gone_ += room_;
    return;
  }
  const std::size_t room = outlined_ ? kOutlined : std::clamp(room_, kLeast, kMost);
  Part& part = parts_.emplace_back(Part{std::unique_ptr<double[]>(new double[room]), room});
  next_ = part.values.get();
  end_ = next_ + room;
  room_ += room;
}

void ValueList::let_go() {
  if (starts_) each_part([&](std::span<const double> values) { starts_->add(values); });
  gone_ = size();
  parts_.clear();
  next_ = end_ = nullptr;
  room_ = 0;
}

void ValueList::append_to(std::vector<double>& out) const {
  out.reserve(out.size() + size() - gone_);
  each_part(
      [&](std::span<const double> values) { out.insert(out.end(), values.begin(), values.end()); });
}

Measurement::Measurement(std::vector<MetricPattern> metrics, ProofPattern proof,
                         std::vector<std::string> only)
    : metrics_(std::move(metrics)),
      proof_(std::move(proof)),
      only_(std::move(only)),
      finder_(std::make_shared<const MetricFinder>(metrics_, proof_)),
      looked_for_(metrics_.size()),
      look_(std::make_shared<measuring::Scratch>()),
      kept_{std::vector<Kept>(metrics_.size()), std::vector<Kept>(metrics_.size())},
      latest_(metrics_.size()) {
  for (auto& stream : in_table_) stream.resize(finder_->tables().size());
  for (std::size_t i = 0; i < metrics_.size(); ++i)
    if (const auto position = position_of(metrics_, i)) positions_.insert(*position);
}

void Measurement::line(const LogLine& line, const SampleSink& sink) {
  line_of(slot_of(line.tagged ? line.instance : kNobody), line, sink);
}

void Measurement::line_of(std::size_t slot, const LogLine& line, const SampleSink& sink) {
  MetricFinder::Look& look = look_->look;
  finder_->look(line.text, line.marks, look);
  if (!finder_->tables().empty()) rows(line, slot, sink);
  if (finder_->hopeless(look)) return;
  if (finder_->holds_proof(look)) text_seen_ = true;
  for (std::size_t i = 0; i < looked_for_; ++i) {
    if (!finder_->may_hold(i, look)) continue;
    const Extracted found = finder_->value(i, line.text, look);
    if (found.there) keep(i, found, line, slot, sink);
  }
  if (finder_->mlperf_at(look) != TextFinder::kNowhere) mlperf(line, slot, sink);
}

/// Those whose layout tells all.
void Measurement::known_lines(const LineBlock& block) {
  const std::size_t stream = number_of(block.stream);
  UsualLines::Values found;  // NOLINT(cppcoreguidelines-pro-type-member-init): large
  for (const LineBlock::Line& one : block.lines) {
    ValueList* const values = values_[stream][slot_of(one.instance)].data();
    const double* next = found.data();
    for (const std::size_t metric : block.usual->read(one, block.text.data() + one.begin, found)) {
      latest_[metric] = *next;
      values[metric].push_back(*next++);
    }
  }
}

void Measurement::lines(const LineBlock& block) {
  if (block.usual == &look_->usual) return known_lines(block);
  const bool by_shape = block.marks.whose == finder_.get() && finder_->tables().empty() &&
                        finder_->all_gated() && measuring::has_avx2();
  LineShapes& shapes = look_->shapes;
  const std::size_t stream = number_of(block.stream);
  if (by_shape) shapes.begin(block);
  const LineShapes::Shape* newest = nullptr;
  for (const LineBlock::Line& one : block.lines) {
    const std::size_t slot = slot_of(one.instance);
    if (by_shape) {
      if (LineShapes::Shape* const shape = shapes.look(one)) {
        ValueList* const values = values_[stream][slot].data();
        for (ShapeFigure& figure : shape->figures) {
          if (figure.read) {
            values[figure.metric].push_back(figure.value);
            latest_[figure.metric] = figure.value;
          } else {
            keep_other(shapes.place_of(figure), block.line(one), slot, figure);
          }
        }
        newest = shape;
        continue;
      }
    }
    newest = nullptr;
    const LogLine line = block.line(one);
    line_of(slot, line, {});
    if (by_shape) shapes.learn(*finder_, looked_for_, line.text, look_->look);
  }
  if (newest != nullptr)
    look_->usual.learn(block, block.lines.back(), finder_->wanted_bytes(), shapes, *newest);
}

void Measurement::keep_other(std::size_t place, const LogLine& line, std::size_t slot,
                             ShapeFigure& figure) {
  const Extracted found = finder_->value_at(figure.metric, line.text, place);
  if (!found.there) return;
  keep(figure.metric, found, line, slot, {});
  const char* const behind = line.text.data() + place + figure.offset + figure.behind;
  if (found.readable && found.printed.data() < behind + measuring::NumberShape::kSeen)
    figure.number.learn(behind, found.printed, finder_->after(figure.metric));
}

std::shared_ptr<UsualLines> Measurement::usual_lines() const { return {look_, &look_->usual}; }

const std::string& Measurement::wanted_bytes() const { return finder_->wanted_bytes(); }

std::size_t Measurement::new_slot(std::int64_t whose) {
  std::size_t* known = nullptr;
  if (whose < kSmall) {
    const auto i = static_cast<std::size_t>(whose - kNobody);
    if (small_.size() <= i) small_.resize(i + 1);
    known = &small_[i];
  } else {
    known = &large_[whose];
  }
  if (*known == 0) {
    slots_.push_back(whose);
    *known = slots_.size();
    for (auto& stream : values_) {
      auto& lists = stream.emplace_back(metrics_.size());
      for (const std::size_t metric : outlined_) lists[metric].keep_outline();
      for (const std::size_t metric : positions_) lists[metric].keep_starts();
    }
    if (whose != kNobody) ++tagged_;
  }
  return *known - 1;
}

void Measurement::keep(std::size_t metric, const Extracted& found, const LogLine& line,
                       std::size_t slot, const SampleSink& sink) {
  if (!found.readable) {
    ++kept(metric, line.stream).unreadable;
    return;
  }
  ValueList& all = values(metric, line.stream, slot);
  if (sink) sink({line.stream, line.offset, line.instance, metric, all.size(), found.printed});
  all.push_back(found.value);
  latest_[metric] = found.value;
}

void Measurement::rows(const LogLine& line, std::size_t slot, const SampleSink& sink) {
  MetricFinder::Look& look = look_->look;
  auto& in_table = in_table_[line.stream == Stream::Out ? 0 : 1];
  for (std::size_t t = 0; t < in_table.size(); ++t) {
    const auto before = finder_->words_before_head(finder_->tables()[t], line.text, look);
    if (!before) continue;
    if (in_table[t].size() <= slot) in_table[t].resize(slot + 1);
    in_table[t][slot] = *before + 1;
    any_table_ = true;
  }
  if (!any_table_) return;
  look.words = measuring::words_of(line.text);
  for (std::size_t i = 0; i < looked_for_; ++i) {
    const std::size_t table = finder_->table_of(i);
    if (table == TextFinder::kNowhere || in_table[table].size() <= slot ||
        in_table[table][slot] == 0)
      continue;
    const auto row = finder_->row(i, in_table[table][slot] - 1, look);
    if (!row) continue;
    const auto through = static_cast<double>(metrics_[i].discard_through);
    if (row->value.readable && row->first && *row->first <= through)
      kept(i, line.stream).early[slot].insert(values(i, line.stream, slot).size());
    keep(i, row->value, line, slot, sink);
  }
}

void Measurement::mlperf(const LogLine& line, std::size_t slot, const SampleSink& sink) {
  const std::size_t at = finder_->mlperf_at(look_->look) + measuring::kMlperfMark.size();
  const auto event = measuring::read_mlperf(line.text.substr(at));
  if (!event) return;
  const auto add = [&](std::string_view name, const Extracted& value) {
    mlperf_value(name, value, line, slot, sink);
  };
  const auto add_number = [&](std::string_view name, const std::optional<double>& value) {
    add(name, {value.value_or(0), value.has_value(), {}});
  };
  if (event->kind == MlperfEvent::Kind::Seed) return add(kSeed, event->value);
  if (event->kind == MlperfEvent::Kind::Accuracy) {
    add(kEvalAccuracy, event->value);
    return add_number(kEvalEpoch, event->epoch);
  }
  if (event->kind == MlperfEvent::Kind::Start) {
    if (event->milliseconds) run_start_[slot] = *event->milliseconds;
    return;
  }
  constexpr double kMilliseconds = 1000;
  const auto start = run_start_.find(slot);
  std::optional<double> seconds;
  if (start != run_start_.end() && event->milliseconds)
    seconds = (*event->milliseconds - start->second) / kMilliseconds;
  run_start_.erase(slot);
  add_number(event->success ? kTimeToTrain : kTimeToAbort, seconds);
}

void Measurement::mlperf_value(std::string_view name, const Extracted& value, const LogLine& line,
                               std::size_t slot, const SampleSink& sink) {
  const auto is_asked_for = [&](std::string_view one) {
    return only_.empty() || std::find(only_.begin(), only_.end(), one) != only_.end();
  };
  if (!is_asked_for(name) && (name != kEvalEpoch || !is_asked_for(kEvalAccuracy))) return;
  auto index = find(name);
  if (index && *index < looked_for_) return;  // the script's own
  if (!index) {
    MetricPattern metric;
    metric.name = name;
    metric.unit = name == kTimeToTrain || name == kTimeToAbort ? "s"
                  : name == kEvalEpoch                         ? "epochs"
                                                               : "1";
    if (name == kEvalAccuracy) {
      metric.better = "higher";
      metric.at = kEvalEpoch;
    }
    metrics_.push_back(std::move(metric));
    for (auto& stream : kept_) stream.emplace_back();
    for (auto& stream : values_)
      for (auto& of_slot : stream) of_slot.emplace_back();
    latest_.emplace_back();
    index = metrics_.size() - 1;
    if (!is_asked_for(name)) hide(*index);
  }
  const std::string printed = fmt::format("{}", value.value);
  keep(*index, {value.value, value.readable, printed}, line, slot, sink);
}

Series Measurement::read(std::size_t metric) const {
  Series all;
  all.untagged = tagged_ == 0;
  const auto position = metrics_[metric].is_state() ? std::nullopt : position_of(metrics_, metric);
  for (std::size_t stream = 0; stream < kept_.size(); ++stream) {
    const Kept& own = kept_[stream][metric];
    all.unreadable += own.unreadable;
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      const ValueList& values = values_[stream][slot][metric];
      if (values.empty()) continue;
      if (slots_[slot] == kNobody && tagged_ > 0) {
        all.nobodys += static_cast<std::int64_t>(values.size());
        continue;
      }
      if (values.is_outlined()) {
        values.add_to(all.outlines[std::max<std::int64_t>(slots_[slot], 0)]);
        continue;
      }
      std::vector<double>& of = all.per_instance[std::max<std::int64_t>(slots_[slot], 0)];
      if (const auto early = own.early.find(slot); early != own.early.end())
        for (const std::size_t index : early->second)
          if (index >= values.gone())
            all.early[std::max<std::int64_t>(slots_[slot], 0)].insert(of.size() + index -
                                                                      values.gone());
      if (position)
        for (const std::size_t index : values.starts_by(values_[stream][slot][*position]))
          all.starts[std::max<std::int64_t>(slots_[slot], 0)].push_back(of.size() + index);
      values.append_to(of);
    }
  }
  return all;
}

void Measurement::let_go_of_values() {
  proven_ = proven();
  for (auto& stream : values_)
    for (auto& of_slot : stream)
      for (ValueList& values : of_slot) values.let_go();
}

std::optional<std::size_t> Measurement::find(std::string_view name) const {
  const auto it = std::find_if(metrics_.begin(), metrics_.end(),
                               [&](const MetricPattern& metric) { return metric.name == name; });
  if (it == metrics_.end()) return std::nullopt;
  return static_cast<std::size_t>(it - metrics_.begin());
}

std::optional<double> Measurement::latest(std::string_view name) const {
  const auto index = find(name);
  return index ? latest_[*index] : std::nullopt;
}

std::vector<double> Measurement::places(std::size_t metric) const {
  const auto other = find(metrics_[metric].at);
  if (!other) return {};
  const Series of = read(metric);
  const Series where = read(*other);
  const auto values = of.per_instance.begin();
  const auto known = where.per_instance.begin();
  // A line on which one of the two cannot be read would shift the others.
  if (values == of.per_instance.end() || known == where.per_instance.end() ||
      of.unreadable + where.unreadable > 0 || values->first != known->first ||
      values->second.size() != known->second.size())
    return {};
  const std::vector<Discarded> discarded = summarize(metrics_[metric], of).discarded;
  auto next = discarded.begin();  // those of the first instance stand first
  std::vector<double> places;
  for (std::size_t i = 0; i < known->second.size(); ++i)
    if (next != discarded.end() && next->instance == known->first && next->index == i)
      ++next;
    else
      places.push_back(known->second[i]);
  return places;
}

std::optional<double> Measurement::at(std::size_t metric, std::size_t sample) const {
  const std::vector<double> all = places(metric);
  return sample < all.size() ? std::optional(all[sample]) : std::nullopt;
}

bool Measurement::proven() const {
  if (proven_) return true;
  if (proof_.kind == ProofPattern::Kind::ExitStatus) return true;
  if (proof_.kind == ProofPattern::Kind::Text) return text_seen_;
  const auto index = find(proof_.what);
  if (!index) return false;
  const bool rate = metrics_[*index].is_rate();
  const Series all = read(*index);
  if (!rate && !all.outlines.empty()) return true;
  for (const auto& [instance, values] : all.per_instance)
    for (const double value : values)
      if (!rate || value > 0) return true;
  return false;
}

}  // namespace ipucnn
