#include "rehearsal/played_options.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

namespace ipucnn::rehearsing {

std::optional<std::string> PlayedOptions::option_of(std::string_view figure) const {
  const auto key = parts_.find("figures").find_text(figure);
  return key ? script_.value(*key) : std::nullopt;
}

std::int64_t PlayedOptions::whole(std::string_view figure, std::int64_t otherwise) const {
  const auto text = option_of(figure);
  return text ? parse_int64(*text).value_or(otherwise) : otherwise;
}

bool PlayedOptions::evaluates() const {
  const auto option = parts_.find_text("evaluates_with");
  return parts_.find_text("plays") == "evaluation" || (option && script_.value(*option) == "true");
}

bool PlayedOptions::is_off(std::string_view field) const {
  const auto key = parts_.find_text(field);
  return key && script_.value(*key) == "false";
}

bool PlayedOptions::is_on(std::string_view figure) const { return option_of(figure) == "true"; }

TrainingLength PlayedOptions::length(std::int64_t global_batch) const {
  TrainingLength length;
  length.samples = samples("training");
  length.global_batch = global_batch;
  length.epochs = std::strtod(option_of("epochs").value_or("1").c_str(), nullptr);
  if (option_of("updates")) length.updates = whole("updates", 1);
  if (parts_.find_bool("epochs_beat_updates", false) && option_of("epochs"))
    length.updates =
        static_cast<std::int64_t>(static_cast<double>(length.samples) * length.epochs) /
        std::max<std::int64_t>(1, length.global_batch);
  length.logs_per_epoch = whole("logs_per_epoch", 1);
  length.updates_per_log = whole("updates_per_log", 1);
  length.updates_per_call = whole("updates_per_call", 1);
  if (parts_.find_text("call") == "epoch")
    length.updates_per_call = std::max<std::int64_t>(1, length.samples / length.global_batch);
  length.log_share = share_of("logs_per_epoch", 0);
  length.checkpoint_share = share_of("checkpoints_per_epoch", 0);
  length.first_checkpoint = share_of("first_checkpoint", 0);
  if (length.updates && *length.updates < 0) length.updates.reset();
  length.checkpoints_per_epoch = whole("checkpoints_per_epoch", 0);
  length.epochs_per_checkpoint = whole("epochs_per_checkpoint", 0);
  return length;
}

double PlayedOptions::share_of(std::string_view figure, double otherwise) const {
  const auto text = option_of(figure);
  if (!text) return otherwise;
  const std::size_t slash = text->find('/');
  const double above = std::strtod(text->c_str(), nullptr);
  return slash == text->npos ? above : above / std::strtod(text->c_str() + slash + 1, nullptr);
}

std::int64_t PlayedOptions::samples(std::string_view of) const {
  Node set = script_.data_sets.find(option_of("data_set").value_or(""));
  if (!set && script_.data_sets.size() > 0) set = *++script_.data_sets.begin();
  return set.find_int(of).value_or(0) * whole("percent_of_data", 100) / 100;
}

}  // namespace ipucnn::rehearsing
