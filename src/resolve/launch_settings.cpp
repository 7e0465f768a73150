#include "ipucnn/launch_settings.h"

#include <fmt/format.h>

#include <string>

#include "base/suggest.h"
#include "base/text.h"
#include "ipucnn/file_schema.h"
#include "ipucnn/host_list.h"
#include "ipucnn/overrides.h"
#include "ipucnn/resolve.h"
#include "ipucnn/run_variables.h"
#include "resolve/launch_key.h"
#include "resolve/usual_launch.h"

namespace ipucnn {
namespace {

using resolving::LaunchKey;
using resolving::LaunchKind;

/// What `{name}` may stand for beside the launch settings themselves.
constexpr std::string_view kPlaces[] = {"data_dir", "restore_path", "application", "self"};

template <typename Range>
bool among(const Range& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_flag_word(std::string_view text) {
  return text == "0" || text == "1" || plain_scalar_type(text) == ScalarType::Bool;
}

/// Builds the launch settings layer by layer.
class LaunchResolver {
 public:
  LaunchResolver(const ResolveInput& in, Diagnostics& out) : in_(in), out_(out) {}

  std::optional<LaunchSettings> run(const Target& target) {
    launch_.values.assign("launcher", single(std::string(target.launcher), target.at),
                          {OriginKind::Derived, target.at, target.id});
    take_site();
    if (in_.profile != nullptr)
      for (const PresetEntry& entry : in_.profile->entries)
        take_entry(entry.key, entry.value, OriginKind::Profile, in_.profile->name);
    if (in_.job != nullptr)
      for (const PresetEntry& entry : in_.job->entries)
        if (entry.key.text() == "launch")
          entry.value.each_pair([&](Node key, Node value) {
            take_entry(key, value, OriginKind::Job, in_.job->name);
          });
    if (in_.for_slurm) take_hosts(fmt::format("${{env:{}}}", kSlurmHosts), target.at, "Slurm");
    if (in_.for_kubernetes) take_hosts("worker", target.at, "Kubernetes");
    for (const Word& word : in_.launch) take_word(word);
    find_folder();
    count_hosts();
    report_two_places();
    if (failed_) return std::nullopt;
    return std::move(launch_);
  }

  /// Whether they follow from the application or this program as well.
  bool asks_more() const { return asks_more_; }

 private:
  void take_site() {
    in_.site.body.each_pair([&](Node key, Node value) {
      const Origin origin{OriginKind::Site, value.at(), in_.site.name.text()};
      if (key.text() == "env") {
        take_mapping(value, launch_.env, origin);
      } else if (key.text() == "programs") {
        value.each_pair([&](Node program, Node path) {
          assign(fmt::format("programs.{}", program.text()), path, LaunchKind::Words, origin);
        });
      } else if (resolving::find_launch_key(key.text()) != nullptr ||
                 !find_field("site", key.text())) {
        take(key, value, origin, "site");  // others are the application's, or for people
      }
    });
  }

  /// The machines that a scheduler gives, whatever the site lists.
  void take_hosts(std::string text, Span at, std::string_view by) {
    Value hosts = single(std::move(text), at);
    hosts.is_list = true;
    launch_.values.assign("hosts", std::move(hosts), {OriginKind::Derived, at, by});
  }

  /// One key of a profile, or of a job's `launch`.
  void take_entry(Node key, Node value, OriginKind kind, std::string_view by) {
    const Origin origin{kind, value.at(), by};
    const std::string_view setting = key.text();
    if (const LaunchKey* known = resolving::find_launch_key(setting))
      return assign(known->key, value, known->kind, origin);
    if (setting == "env") take_mapping(value, launch_.env, origin);
    if (setting == "mca") take_mapping(value, launch_.mca, origin);
    if (setting == "several_hosts") take_several_hosts(value, origin);
    if (setting == "spelling")
      value.each_pair([&](Node name, Node form) {
        const LaunchKey* known =
            resolving::find_launch_key(fmt::format("spelling.{}", name.text()));
        if (known != nullptr)
          assign(known->key, form, known->kind, origin);
        else
          unknown(name.text(), name.at(), "spelling");
      });
    constexpr std::string_view kMaps[] = {"env", "mca", "several_hosts", "spelling"};
    if (!among(kMaps, setting) && !find_field("profile", setting))
      unknown(setting, key.at(), origin_name(kind));
  }

  /// poprun has one option for both, which a release renamed.
  void report_two_places() {
    const Setting* cluster = launch_.values.find("vipu_cluster");
    const Setting* allocation = launch_.values.find("vipu_allocation");
    if (cluster == nullptr || allocation == nullptr || launch_.text("vipu_cluster").empty() ||
        launch_.text("vipu_allocation").empty())
      return;
    Diagnostic& d =
        out_.add(FindingId::L024, allocation->origin.at,
                 fmt::format("the allocation {} and the cluster {} are one option of poprun",
                             launch_.text("vipu_allocation"), launch_.text("vipu_cluster")));
    d.severity = Severity::Error;
    d.notes.push_back({"the cluster is given here", cluster->origin.at});
    d.help = "leave out one of them";
  }

  void count_hosts() {
    for (const HostFile& file : in_.hostfiles)
      if (file.path == launch_.text("hostfile")) launch_.hosts_of_file = file.hosts;
  }

  /// The command starts where its script is: below the checkout, or beside the folder of the other
  /// scripts.
  void find_folder() {
    const std::string_view below = in_.purpose.directory;
    const Setting* checkout = launch_.values.find("checkout");
    const Setting* folder = launch_.values.find("app_dir");
    if (below.empty()) return;
    asks_more_ = asks_more_ || folder != nullptr || checkout != nullptr;
    if (folder == nullptr && checkout != nullptr && checkout->value.scalar() != nullptr) {
      std::string path(launch_.text("checkout"));
      if (!path.empty() && path.back() != '/') path += '/';
      launch_.values.assign("app_dir", single(path + std::string(below), checkout->origin.at),
                            checkout->origin);
      return;
    }
    const std::string_view main = in_.schema.node().find_text("directory").value_or("");
    const std::string path(launch_.text("app_dir"));
    if (folder == nullptr || main.empty() || main == below || path.size() < main.size()) return;
    const std::size_t at = path.size() - main.size();
    if (path.compare(at, main.size(), main) == 0)
      launch_.values.assign("app_dir",
                            single(path.substr(0, at) + std::string(below), folder->origin.at),
                            folder->origin);
  }

  void take_several_hosts(Node body, const Origin& origin) {
    // Where the site has one host at most nobody misses what several would need.
    const auto listed = static_cast<std::int64_t>(launch_.list("hosts").size());
    quiet_ = launch_.host_count().value_or(listed) < 2 && launch_.text("hostfile").empty();
    launch_.several_hosts_forward.clear();
    launch_.several_hosts_mca = {};
    if (const Node forward = body.find("forward"); forward.is_list())
      for (const Node item : forward)
        if (auto text = expand(item)) launch_.several_hosts_forward.push_back(std::move(*text));
    take_mapping(body.find("mca"), launch_.several_hosts_mca, origin);
    quiet_ = false;
  }

  void take_mapping(Node mapping, Settings& settings, const Origin& origin) {
    mapping.each_pair([&](Node name, Node value) {
      if (!value.is_scalar()) {
        fail(out_.add(FindingId::Y005, value.at(),
                      fmt::format("{} needs a single value", name.text())));
        return;
      }
      Origin own = origin;
      own.at = value.at();
      if (auto text = expand(value)) {
        Value given = single(text->text, text->at, text->type);
        settings.assign({name.text(), numbers_.of(name.text())}, std::move(given), own);
      }
    });
  }

  void take(Node key, Node value, const Origin& origin, std::string_view where) {
    const LaunchKey* known = resolving::find_launch_key(key.text());
    if (known == nullptr) {
      unknown(key.text(), key.at(), where);
      return;
    }
    assign(known->key, value, known->kind, origin);
  }

  void take_word(const Word& word) {
    auto set = resolving::parse_set(word, "--launch", out_);
    if (!set) {
      failed_ = true;
      return;
    }
    if (set->key == "partition") set->key = "vipu_partition";
    const LaunchKey* known = resolving::find_launch_key(set->key);
    if (known == nullptr) {
      unknown(set->key, resolving::part_of(word, 0, set->key.size()), "--launch");
      return;
    }
    if (known->kind == LaunchKind::List && !set->value.is_list) split_commas(set->value);
    if (!fits(*known, set->value)) return;
    launch_.values.assign(known->key, std::move(set->value),
                          {OriginKind::CommandLine, word.at, "--launch"});
  }

  static void split_commas(Value& value) {
    const Scalar whole = value.items.front();
    value.items.clear();
    value.is_list = true;
    std::string_view rest = whole.text;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      value.items.push_back({std::string(rest.substr(0, comma)), ScalarType::String, whole.at});
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }

  void assign(std::string_view key, Node node, LaunchKind kind, const Origin& origin) {
    auto value = to_value(node, key, out_);
    if (!value) {
      failed_ = true;
      return;
    }
    if (!expand_all(value->items)) return;
    if (kind == LaunchKind::List) value->is_list = true;
    if (fits({key, kind}, *value)) launch_.values.assign(key, std::move(*value), origin);
  }

  /// Leaves out what has no value. False when nothing is left of what there was.
  bool expand_all(std::vector<Scalar>& items) {
    if (std::none_of(items.begin(), items.end(),
                     [](const Scalar& item) { return item.text.find('{') != std::string::npos; }))
      return true;
    std::vector<Scalar> expanded;
    expanded.reserve(items.size());
    for (Scalar& item : items)
      if (auto text = expand(std::move(item))) expanded.push_back(std::move(*text));
    items = std::move(expanded);
    return !items.empty();
  }

  bool fits(const LaunchKey& known, const Value& value) {
    const Scalar* scalar = value.scalar();
    if (known.kind == LaunchKind::List || known.kind == LaunchKind::Words) return true;
    if (scalar == nullptr) {
      fail(out_.add(FindingId::Y005, value.at, fmt::format("{} takes a single value", known.key)));
      return false;
    }
    if (scalar->type == ScalarType::Null) return true;
    if (known.kind == LaunchKind::Flag) {
      if (is_flag_word(scalar->text)) return true;
      fail(out_.add(FindingId::K012, scalar->at,
                    fmt::format("{} is yes or no, not '{}'", known.key, scalar->text)));
      return false;
    }
    if (known.kind == LaunchKind::Number && parse_int64(scalar->text).value_or(-1) < 0) {
      fail(out_.add(FindingId::K012, scalar->at,
                    fmt::format("{} needs a whole number, not '{}'", known.key, scalar->text)));
      return false;
    }
    const auto field = find_field("launch", known.key);
    // Figures are held to their bounds where they are reckoned with.
    if (!field || (known.kind == LaunchKind::Number && field->range().most == kLargestFigure))
      return true;
    const std::string needed = refusal(*field, scalar->text, plain_scalar_type(scalar->text));
    if (needed.empty()) return true;
    fail(out_.add(field->words().empty() ? FindingId::K070 : FindingId::Y010, scalar->at,
                  fmt::format("{} needs {}, not '{}'", known.key, needed, scalar->text)));
    return false;
  }

  std::optional<Scalar> expand(Node node) { return expand(to_scalar(node)); }

  /// Puts the site's values in the place of `{name}`. Absent, with a note, when the site lacks one.
  std::optional<Scalar> expand(Scalar scalar) {
    std::size_t from = 0;
    while (true) {
      const std::size_t open = scalar.text.find('{', from);
      if (open == std::string::npos) return scalar;
      const std::size_t close = scalar.text.find('}', open);
      if (close == std::string::npos) return scalar;
      const std::string name = scalar.text.substr(open + 1, close - open - 1);
      if (resolving::find_launch_key(name) == nullptr && !among(kPlaces, name)) {
        from = open + 1;  // a brace of JSON or of ${env:NAME}
        continue;
      }
      const auto value = site_value(name);
      if (!value) {
        missing_site_value(name, scalar.at);
        return std::nullopt;
      }
      scalar.text.replace(open, close - open + 1, *value);
      from = open + value->size();
    }
  }

  std::optional<std::string> site_value(std::string_view name) {
    asks_more_ = asks_more_ || name == "application" || name == "self";
    if (name == "application")
      return std::string(in_.schema.id()) + (in_.descriptors.empty() ? "" : ":" + in_.descriptors);
    if (name == "self") return std::string(in_.self);
    if (const Setting* set = launch_.values.find(name))
      return set->value.scalar() != nullptr ? std::optional(set->value.scalar()->text)
                                            : std::nullopt;
    if (const auto text = in_.site.body.find_text(name)) return std::string(*text);
    return std::nullopt;
  }

  void missing_site_value(std::string_view name, Span at) {
    if (!in_.site || quiet_) return;  // without a site nothing of a site's is expected
    Diagnostic& d = out_.add(
        FindingId::L001, at,
        fmt::format("the site {} has no {}, so this is left out", in_.site.name.text(), name));
    d.help = fmt::format("add `{}:` to the site", name);
  }

  void unknown(std::string_view key, Span at, std::string_view where) {
    Diagnostic& d =
        out_.add(FindingId::K016, at, fmt::format("'{}' is no launch setting ({})", key, where));
    std::vector<std::string_view> names = resolving::launch_key_names();
    if (where == "--launch") names.emplace_back("partition");
    d.help = suggestion(key, names);
    failed_ = true;
  }

  void fail(Diagnostic&) { failed_ = true; }

  const ResolveInput& in_;
  Diagnostics& out_;
  LaunchSettings launch_;
  bool failed_ = false;
  resolving::NameNumbers numbers_;  ///< of variables and of MPI's parameters
  bool quiet_ = false;
  bool asks_more_ = false;
};

}  // namespace

namespace resolving {

std::optional<LaunchSettings> resolve_launch_anew(const ResolveInput& in, const Target& target,
                                                  bool& asks_more, Diagnostics& out) {
  LaunchResolver resolver(in, out);
  auto launch = resolver.run(target);
  asks_more = resolver.asks_more();
  return launch;
}

}  // namespace resolving

}  // namespace ipucnn
