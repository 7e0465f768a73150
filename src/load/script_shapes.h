#pragma once

#include "load/basic_shapes.h"

namespace ipucnn::shapes {

// --- quantities ---
inline constexpr FieldShape kBindingFields[] = {
    {"value", &kOptions,
     "options that hold it; the first is written, the others are old spellings"},
    {"stages", &kOption, "the option whose entries + 1 it is"},
    {"mapping", &kOption, "the option whose highest entry + 1 it is, where it has one"},
    {"when", &kWhen, "IPUs per replica: without it the model is not split, and has one"},
    {"spread", &kOption,
     "replicas without a value: as many as the IPUs of so many whole ones hold"},
};
inline constexpr Shape kBindingMap{.form = Form::Fields, .fields = kBindingFields};
inline constexpr Shape kBindingList{.form = Form::List, .item = &kOption, .other = &kBindingMap};
inline constexpr Shape kBinding{.form = Form::Name, .set = NameSet::Option, .other = &kBindingList};
inline constexpr Shape kQuantityMap{
    .form = Form::Named, .set = NameSet::Quantity, .names_known = true, .item = &kBinding};

// --- scripts ---
inline constexpr FieldShape kProofCaseFields[] = {
    {"when", &kWhen, "the options under which it proves success", true},
    {"text", &kText, "what has to be printed", true},
};
inline constexpr Shape kProofCase{.form = Form::Fields, .fields = kProofCaseFields};
inline constexpr Shape kProofCases{.form = Form::List, .item = &kProofCase};
inline constexpr FieldShape kPhaseFields[] = {
    {"name", &kText, "as --limit names it", true},
    {"begins", &kText, "text of the line that begins it; absent: the start"},
    {"limit", &kDuration, "how long it may take"},
};
inline constexpr Shape kPhase{.form = Form::Fields, .fields = kPhaseFields};
inline constexpr Shape kPhases{.form = Form::List, .item = &kPhase};
inline constexpr Words kWholeStep = {"total", "stall"};
inline constexpr Shape kLimits{.form = Form::Named,
                               .set = NameSet::Phase,
                               .names_known = true,
                               .words = kWholeStep,
                               .item = &kDuration};
inline constexpr Words kMessageKinds = {"error", "warning", "note"};
inline constexpr Shape kMessageKind{.form = Form::Word, .words = kMessageKinds};
inline constexpr FieldShape kMessageFields[] = {
    {"line", &kText, "a text that only its line holds", true},
    {"means", &kText, "what it says, in words for people", true},
    {"severity", &kMessageKind, "error (usual), warning or note"},
    {"help", &kText, "the remedy"},
    {"retry", &kFlag, "true: another try may succeed"},
};
inline constexpr Shape kMessage{.form = Form::Fields, .fields = kMessageFields};
inline constexpr Shape kMessages{.form = Form::Named, .item = &kMessage};
inline constexpr Shape kHole{.form = Form::Metric};
inline constexpr Words kRestoreTakings = {"checkpoint", "folder"};
inline constexpr Shape kRestoreTaking{.form = Form::Word, .words = kRestoreTakings};
inline constexpr Shape kRegex{.form = Form::Regex};
inline constexpr FieldShape kCheckpointFields[] = {
    {"saved", &kHole, "line that names a checkpoint: {value}", true},
    {"complete", &kText, "file that only a whole checkpoint has: {value} is what was printed"},
    {"restore", &kOption, "option that starts from one"},
    {"takes", &kRestoreTaking, "what that option is given: the checkpoint (usual) or its folder"},
    {"schedule", &kOptionList, "options that have to be as they were, beside the global batch"},
};
inline constexpr Shape kCheckpoints{.form = Form::Fields, .fields = kCheckpointFields};
inline constexpr Shape kMetricName{.form = Form::Name, .set = NameSet::Metric};
inline constexpr Shape kColumns{.form = Form::Named, .item = &kMetricName};
inline constexpr Words kRowsOf = {"first instance", "all instances"};
inline constexpr Shape kRowsOfWord{.form = Form::Word, .words = kRowsOf};
inline constexpr FieldShape kCsvFileFields[] = {
    {"when", &kWhen, "the options under which it is written"},
    {"launchers", &kLaunchers, "under which it is; absent: all"},
    {"folder", &kHole, "line that names its folder: {value}; absent: the output folder"},
    {"rows_by", &kMetricName, "metric of a column that tells rows apart; absent: their order"},
    {"rows_of", &kRowsOfWord, "first instance (usual), or all instances: what their figures make"},
    {"columns", &kColumns, "column -> the metric that it repeats", true},
};
inline constexpr Shape kCsvFile{.form = Form::Fields, .fields = kCsvFileFields};
inline constexpr Shape kCsvFiles{.form = Form::Named, .item = &kCsvFile};
inline constexpr Shape kFileCounts{.form = Form::Named, .item = &kCount};
inline constexpr FieldShape kDataNeedFields[] = {
    {"when", &kWhen, "the options under which it is needed"},
    {"folder", &kOption, "option that names the folder", true},
    {"files", &kTexts, "patterns of files that have to be there"},
    {"counts", &kFileCounts, "pattern -> how many files there have to be, no more and no less"},
    {"help", &kText, "where they come from"},
};
inline constexpr Shape kDataNeed{.form = Form::Fields, .fields = kDataNeedFields};
inline constexpr Shape kDataNeeds{.form = Form::List, .item = &kDataNeed};
inline constexpr FieldShape kRetryFields[] = {
    {"times", &kWhole, "how often at most"},
    {"on", &kTexts, "names of messages, or ends such as lost"},
};
inline constexpr Shape kRetry{.form = Form::Fields, .fields = kRetryFields};
inline constexpr FieldShape kCacheFields[] = {
    {"option", &kOption, "option that names the folder of compiled executables"},
    {"under_launcher", &kFlag, "true: also where the launcher has an option of its own for it"},
    {"variable", &kText, "variable that names it where no option does"},
    {"text", &kText, "what stands in the variable, {value} for the folder; absent: it alone"},
};
inline constexpr Shape kCache{.form = Form::Fields, .fields = kCacheFields};
inline constexpr FieldShape kResourceFields[] = {
    {"memory_gb", &kReal, "of each host"},
    {"cpus", &kCount, "of each host"},
    {"disk_gb", &kReal, "of the run folder"},
};
inline constexpr Shape kResources{.form = Form::Fields, .fields = kResourceFields};
inline constexpr FieldShape kScriptFields[] = {
    {"directory", &kText, "where it lies, when not in the application's directory"},
    {"program", &kText, "its file, when not called by its name"},
    {"takes", &kScript, "the script whose options its command line takes as well"},
    {"proof", &kProof, "the metric whose presence proves success; `exit`: the status alone"},
    {"proof_when", &kProofCases, "another proof for some values"},
    {"quantities", &kQuantityMap, "what is called otherwise in this script"},
    {"batch_counts", &kOption, "option that multiplies the batch as replicas do"},
    {"phases", &kPhases, "in the order in which they pass"},
    {"messages", &kMessages, "lines that say what went wrong"},
    {"checkpoints", &kCheckpoints, "how its checkpoints are found"},
    {"csv_files", &kCsvFiles, "by name: files that it writes printed figures to"},
    {"data_needs", &kDataNeeds, "what it reads; absent: the data folder"},
    {"limits", &kLimits, "phase -> how long it may take; total, stall"},
    {"retry", &kRetry, "when another try is made"},
};
inline constexpr Shape kScriptShape{.form = Form::Fields, .fields = kScriptFields};
inline constexpr Shape kScriptMap{.form = Form::Named, .item = &kScriptShape};

}  // namespace ipucnn::shapes
