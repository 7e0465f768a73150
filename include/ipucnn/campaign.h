#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ipucnn/benchmark_spec.h"
#include "ipucnn/expectation.h"
#include "ipucnn/plan.h"
#include "ipucnn/record.h"
#include "ipucnn/statistics.h"
#include "ipucnn/text_source.h"

namespace ipucnn {

// Many jobs that are started one after the other: what is to be run, what has become of it, and
// what it comes to.

/// What a case is run by, and what its figures are.
struct CaseWork {
  JobPlan plan;
  std::string parent{};  ///< folder that holds its runs
  std::vector<NamedText> files{};
  std::vector<BenchmarkMetric> figures{};  ///< that are asked for; none: the application's
  std::vector<BenchmarkDerived> derived{};
  std::vector<std::pair<std::string, std::string>> parameters{};
  std::vector<Expectation> expectations{};
};

/// A job that is run as often as is asked for.
struct CampaignCase {
  std::string name;        ///< JOB or ENTRY, and the values that tell it from its siblings
  std::string entry;       ///< JOB or ENTRY
  Span at{};               ///< where the entry stands
  std::string identity{};  ///< of its request; empty when it is illegal
  std::string refusal{};   ///< why it is not run
  /// What it is run by, which takes many times the room of all else: it may be made anew for each
  /// who asks, and is to be dropped when it has been used. Empty: it is not run.
  std::function<std::shared_ptr<const CaseWork>()> work{};
};

/// Whether one of the patterns of a shell (* ? []) fits the case's name or its entry's; without
/// patterns all do.
bool is_chosen(const CampaignCase& one, const std::vector<std::string>& patterns);

/// One start of a case. Its id stays the same as long as the case means the same.
struct CampaignItem {
  std::size_t of = 0;  ///< index of its case
  int number = 1;      ///< of the start
  std::string id;
};
/// What a start of a legal case is run by. Where one step goes on from what another one leaves, a
/// further start has a folder of its own for that, as each point of a sweep has.
std::shared_ptr<const CaseWork> work_of(const CampaignCase& one, int number);
/// Every start of every legal case: all first starts, then all second ones.
std::vector<CampaignItem> items_of(const std::vector<CampaignCase>& cases, std::int64_t repeat);

// --- the journal ---

/// What has become of an item.
struct ItemRecord {
  enum class State : std::uint8_t { Begun, Running, Ended };
  State state = State::Begun;
  std::string run;  ///< folder; empty before there is one
  std::string end;  ///< as records have it: done, failed, ..; of an item that has ended
  int starts = 0;

  bool is_done() const;
};

struct JournalState {
  std::string name;                                      ///< of the campaign
  std::map<std::string, ItemRecord, std::less<>> items;  ///< by id
  std::optional<Writer> owner;                           ///< who wrote in it last
  std::size_t unread = 0;                                ///< lines that are none, as a torn one
};
/// What the lines of a journal come to; nothing of them is taken back by a later torn one.
JournalState read_journal(std::string_view text);

/// Starts that a scheduler is handed as one.
struct JointStart {
  struct Part {
    CampaignItem item;
    std::string name;
    std::string run;  ///< folder
  };
  std::string folder;   ///< where their submission is noted
  std::string comment;  ///< that they have in its queue
  std::vector<Part> parts{};
};

/// The file of a campaign's folder that every change is put behind.
inline constexpr const char* kJournal = "journal.jsonl";

/// Every change of a campaign, on disk before anything goes by it. One process writes it at a time.
class Journal {
 public:
  /// Goes on with the journal of a folder, or begins it. Empty, with the reason, when that cannot
  /// be or another process has it.
  static std::optional<Journal> open(const std::string& folder, const std::string& name,
                                     const Writer& writer, const std::string& utc,
                                     std::string& error);

  const JournalState& state() const { return state_; }
  const ItemRecord* find(std::string_view id) const;

  // False, with the reason, when it could not be written.
  bool begun(const CampaignItem& item, std::string_view name, const std::string& utc,
             std::string& error);
  bool running(const CampaignItem& item, const std::string& run, std::string& error);
  bool ended(const CampaignItem& item, std::string_view end, const std::string& utc,
             std::string& error);
  /// All parts are begun and running.
  bool together(const JointStart& start, const std::string& utc, std::string& error);

 private:
  Journal(AppendedFile file, JournalState state)
      : file_(std::move(file)), state_(std::move(state)) {}
  bool add(const std::string& lines, std::string& error);
  AppendedFile file_;
  JournalState state_;
};

/// The newest folder below `parent` with a journal, of this name where one is given; absent: none.
std::optional<std::string> newest_campaign(const std::string& parent,
                                           const std::optional<std::string>& name);

// --- results ---

enum class Fulfilment : std::uint8_t { None, Met, Missed, Inconclusive };
std::string_view fulfilment_name(Fulfilment fulfilment);

/// A figure of a case over its starts.
struct FigureResult {
  std::string step;
  std::string metric;
  std::string unit;
  std::string what;             ///< mean, last, lowest, first or derived
  std::size_t n = 0;            ///< samples of one start, or starts
  bool by_run = false;          ///< n counts starts
  std::optional<double> value;  ///< absent: not printed
  std::optional<Interval> interval{};
  std::optional<double> old{};  ///< what examples_utils prints for the last start
  Fulfilment fulfilment = Fulfilment::None;
  std::string expected{};  ///< the bound, for people
  /// Why a figure that an entry asks for has no value though a start is done; empty: it has one.
  std::string missing{};
};

/// A reason to look at the log before its figures are taken for what they seem to be: values are
/// missing, or not those that they are taken for.
struct CaseDoubt {
  std::string metric;  ///< empty: of the whole log
  std::string name;    ///< as Doubt has it
  std::string says;    ///< with its remedy
};

/// One start.
struct StartResult {
  std::string run;                    ///< folder; empty before there is one
  std::string state;                  ///< waiting, running, or its end
  std::string reason;                 ///< of an end that is not done, for people
  std::string phase;                  ///< in which it ended
  std::vector<std::string> messages;  ///< ids of what its output told of
  std::vector<std::string> lines;     ///< that told of it, as printed, in the same order
};

struct CaseResult {
  std::string name;
  std::string refusal;
  std::optional<std::string> label;
  std::vector<StartResult> starts;
  std::vector<FigureResult> figures;
  std::vector<CaseDoubt> doubts{};

  /// illegal, waiting, done, or the end of the first start that is not done; silent where all are
  /// and a figure is missing.
  std::string state() const;
  bool is_done() const { return state() == "done"; }
};

/// The results of all cases, packed: of ten thousand each byte counts.
class CampaignResults {
 public:
  std::size_t size() const { return packed_.size(); }
  CaseResult at(std::size_t index) const;
  std::string name_of(std::size_t index) const;
  void add(const CaseResult& result);
  void replace(std::size_t index, const CaseResult& result);

 private:
  std::vector<std::string> packed_;
};

/// That of a case of which nothing is begun: it waits for its starts. `work` is absent for one that
/// is not run.
CaseResult waiting_result(const CampaignCase& one, const CaseWork* work, std::int64_t repeat);

/// What the folders of the runs say of the cases, of which there is a result each. A run that
/// cannot be read has no figures. The folders of a case are not read again as long as all its
/// starts are as they were, and over.
void update_results(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                    const JournalState& journal, CampaignResults& results);
/// The same for the case of an item, for whoever has `work` at hand.
void update_result(const std::vector<CampaignCase>& cases, const std::vector<CampaignItem>& items,
                   const JournalState& journal, std::size_t of, const CaseWork& work,
                   CampaignResults& results);

/// One table, and below it what is to be said of cases; `old_tool` adds a column with what
/// examples_utils prints.
void campaign_text(const CampaignResults& results, bool old_tool, const TextSink& out);
/// Schema ipucnn.bench/1.
void campaign_json(const CampaignResults& results, const std::string& name, const TextSink& out);
void campaign_csv(const CampaignResults& results, const TextSink& out);
void campaign_junit(const CampaignResults& results, const TextSink& out);
/// One file that needs nothing else, with a picture for each figure that several cases have: over
/// the first figure that was swept, else in the order of the table.
void campaign_html(const CampaignResults& results, const std::string& name, bool old_tool,
                   const TextSink& out);
void campaign_markdown(const CampaignResults& results, bool old_tool, const TextSink& out);

}  // namespace ipucnn
