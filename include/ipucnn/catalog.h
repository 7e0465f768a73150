#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ipucnn/diagnostic.h"
#include "ipucnn/memo.h"
#include "ipucnn/source.h"
#include "ipucnn/tree.h"

namespace ipucnn {

/// The top-level keys of our files.
enum class Section : std::uint8_t {
  Applications,
  Targets,
  Sites,
  Profiles,
  Presets,
  Jobs,
  Defaults,
};
inline constexpr std::size_t kSectionCount = 7;
std::string_view section_key(Section section);

/// Where a file stands; a later layer replaces whole named entries of an earlier one.
enum class Layer : std::uint8_t { BuiltIn, Checkout, System, User, Project, Named };
std::string_view layer_name(Layer layer);

/// NAME[@RELEASE][/GROUP]. A group is a set of presets of its own: an application that keeps a
/// second configs.yml (for inference, say) may use a name in both.
struct AppId {
  std::string_view name{};
  std::string_view release{};  ///< empty: any
  std::string_view group{};    ///< empty: the main one
};
AppId parse_app_id(std::string_view text);

/// A preset as it stands in one file.
struct PresetRef {
  /// NAME[@RELEASE][/GROUP]; without release it belongs to all of them.
  std::string_view application;
  Node name;  ///< its key
  Node body;
  Layer layer = Layer::BuiltIn;
  bool upstream = false;  ///< stands in an application's own configs.yml
};

/// A named entry and the key it stands under.
struct Entry {
  Node name;
  Node body;
  explicit operator bool() const { return static_cast<bool>(body); }
};

namespace load {
struct MergedTables;
}

/// All files that are in force, laid over each other. Nothing is typed here. Targets, sites,
/// profiles and jobs come with what they extend.
class Catalog {
 public:
  struct File {
    Layer layer;
    Tree tree;
    std::string application;  ///< of an upstream configs.yml; empty for a file of ours
    std::unique_ptr<Document> document;
    Node presets{};  ///< those of all its applications; of an upstream file the whole
  };

  /// Starts with the built-in files; their texts are added to `sources`.
  explicit Catalog(Sources& sources);

  /// Reads a file of ours or an upstream configs.yml. False when findings of error severity were
  /// added. `application` is what an upstream file is taken for; empty: the one whose options it
  /// uses. Of a large upstream file just the preset `only` may be kept, and what it refers to, when
  /// that preset alone tells whose it is (see load_yaml).
  bool add(Sources& sources, SourceId source, Layer layer, std::string_view application,
           Diagnostics& out, std::string_view only = {});

  /// The entry that wins; absent when no file has it.
  Entry find(Section section, std::string_view name) const;

  /// Every winning entry, in the order in which the names first appear.
  /// Holds until a file is added.
  const std::vector<Entry>& entries(Section section) const;
  std::vector<std::string_view> names(Section section) const;
  /// A target's, site's, profile's or job's mapping laid over what it extends. find() and entries()
  /// give it in this form already, unless that cannot be told: then this reports K017 and is empty.
  std::optional<Node> whole(Section section, const Entry& entry, Diagnostics& out) const;

  /// What one application says of a field itself: in its entry, or in those of the same name that
  /// it extends. Absent when only another application says it.
  Node own_field(const Entry& application, std::string_view field) const;

  /// The application of this name; without release its highest one. A release may be named by an
  /// alias, here and where presets are looked for.
  Entry find_application(AppId id) const;
  /// With the release that has this one among its `aliases`, if any has.
  AppId known_release(AppId id) const;

  /// Winning presets of that name, one for each application (`of`: only that one) that has it.
  /// With `of` also those that it inherits from what it extends, as if they were its own.
  std::vector<PresetRef> find_presets(std::string_view name, AppId of) const;
  std::vector<PresetRef> presets(AppId of) const;
  /// What the files before that of this preset hold under its name, else the applications that its
  /// own extends. Absent when there is none.
  Entry find_preset_before(Node name, AppId of) const;
  /// What the files of one layer hold under this name in the group of `of`.
  std::optional<PresetRef> find_preset_in(Layer layer, std::string_view name, AppId of) const;

  /// A value of `defaults:`, of the last file that has it.
  Entry find_default(std::string_view key) const;

  /// What our files hold under a key, in the order of the files.
  const std::vector<Node>& parts(Section section) const {
    return parts_.at(static_cast<std::size_t>(section));
  }

  const std::deque<File>& files() const { return files_; }
  /// The one that was read from a source; null: none was.
  const File* file_of(SourceId source) const;
  /// What later stages have worked out of the files alone. Empty again when a file was added.
  Memo& memo() const { return memo_; }

 private:
  /// Presets of one application in one file.
  struct PresetMap {
    const File* file;
    std::string_view application;
    Node presets;
  };
  /// What the name of an application, and maybe of a release, leads to.
  struct Line {
    std::string name;
    std::string release;
    std::optional<Entry> application;
    std::optional<std::vector<AppId>> bases;
    std::optional<std::vector<PresetMap>> presets;
  };
  Line& line_of(AppId id) const;
  const std::vector<PresetMap>& preset_maps(AppId of) const;
  bool add_file(Sources& sources, SourceId source, Layer layer, std::string_view application,
                Diagnostics& out, std::string_view only);
  void forget() const;
  void take_parts(File& file);
  std::vector<Entry> written(Section section) const;
  Entry with_bases(Section section, const Entry& entry) const;
  std::vector<Entry> chain_of(const Entry& application) const;
  std::size_t known_keys(const Entry& application, Node presets) const;
  const std::vector<AppId>& bases_of(AppId id) const;
  std::vector<AppId> find_bases(AppId id) const;
  Entry search_application(AppId id) const;
  std::string_view kept_text(std::string text) const;
  template <typename Collect>
  std::vector<PresetRef> with_inherited(AppId of, Collect collect) const;
  std::vector<std::string_view> owners(Node top) const;

 public:
  /// Whether a file has no key of ours, nor one that is nearly so, and no application is known
  /// whose presets have its keys.
  bool is_foreign(Node top) const;

 private:
  bool tells_its_kind(Node top, std::string_view application) const;

  std::deque<File> files_;
  /// Mappings that were put together, by those that they are written as; new files end them.
  mutable std::unordered_map<const NodeRecord*, Node> merged_;
  mutable std::array<std::optional<std::vector<Entry>>, kSectionCount> entries_;
  /// A list asks for the same few again and again.
  mutable std::deque<Line> lines_;
  mutable std::size_t newest_line_ = 0;  ///< the one asked for last
  mutable Memo memo_;
  std::shared_ptr<load::MergedTables> tables_;
  mutable std::deque<std::string> texts_;  ///< names of groups that forks inherit
  std::array<std::vector<Node>, kSectionCount> parts_;
};

}  // namespace ipucnn
