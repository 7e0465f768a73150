// What a descriptor may hold: the tables that reading, `ipucnn schema app` and their test go by.
#include <array>
#include <cstddef>
#include <iterator>

#include "load/rule_shapes.h"
#include "load/script_shapes.h"

namespace ipucnn {
namespace {

using namespace shapes;

// --- checkout ---
constexpr FieldShape kCheckoutFields[] = {
    {"has", &kTexts, "files in its folder"},
    {"lacks", &kTexts, "files that are not"},
    {"text", &kTextMap, "file -> a text that it holds"},
    {"no_text", &kTextMap, "file -> a text that it does not hold"},
};
constexpr Shape kCheckout{.form = Form::Fields, .fields = kCheckoutFields};

// --- purposes ---
constexpr FieldShape kPurposeFields[] = {
    {"script", &kScript, "a key of scripts", true},
    {"launchers", &kLaunchers, "by preference; `none` always is there"},
    {"under_poprun", &kValuesOfOptions, "values that the launcher requires"},
    {"under_mpirun", &kValuesOfOptions, "values that the launcher requires"},
    {"under_mpiexec", &kValuesOfOptions, "values that the launcher requires"},
    {"split_under_poprun", &kValuesOfOptions,
     "values it has there where a replica has several IPUs, unless somebody says otherwise"},
    {"staged_under_poprun", &kValuesOfOptions, "the same where a replica has several stages"},
    {"handing_on", &kValuesOfOptions,
     "values it has where another step starts from its output, likewise"},
    {"fixed", &kValuesOfOptions, "values the purpose gives unless the command line says otherwise"},
    {"without", &kQuantities, "quantities that have no meaning here"},
    {"needs", &kQuantities, "quantities without which the result is meaningless"},
    {"stops_without", &kFlag, "the script stops without what it needs"},
    {"own", &kOptionList, "options that a step before does not hand on"},
    {"proof", &kProof, "the metric that proves success, in place of the script's"},
    {"preset", &kFlag, "false: takes no preset"},
    {"presets", &kText, "group of its presets"},
    {"figures", &kFlag, "false: nothing of batch and replicas is worked out"},
};
constexpr Shape kPurposeShape{.form = Form::Fields, .fields = kPurposeFields};
constexpr Shape kPurposeMap{.form = Form::Named, .item = &kPurposeShape};

// --- pipeline ---
constexpr FieldShape kAccumulationFields[] = {
    {"when", &kWhen, "in a list: the first that holds counts"},
    {"counts", &kOption, "the option that is meant in place of the accumulation"},
    {"multiple", &kWhole, "of S stages: a multiple of this x S"},
    {"at_least", &kWhole, "of S stages: at least this x S"},
    {"less", &kReal, "taken from at_least x S"},
};
constexpr Shape kAccumulationRule{.form = Form::Fields, .fields = kAccumulationFields};
constexpr Shape kAccumulationRules{
    .form = Form::List, .item = &kAccumulationRule, .other = &kAccumulationRule};
constexpr Shape kAccumulation{.form = Form::Named, .item = &kAccumulationRules};
constexpr FieldShape kPipelineFields[] = {
    {"when", &kOption, "a switch; absent: pipelined as soon as there are splits"},
    {"accumulation", &kAccumulation, "by value of the schedule, `any` for all"},
    {"stages_share_an_ipu", &kText, "the schedule that keeps all stages of a replica on one IPU"},
};
constexpr Shape kPipeline{.form = Form::Fields, .fields = kPipelineFields};

// --- options ---
constexpr Words kTypes = {"int",         "float",  "str",       "str_lower", "str_upper", "untyped",
                          "python_bool", "switch", "bool_word", "yaml_map",  "fraction"};
constexpr Shape kType{.form = Form::Word, .words = kTypes};
constexpr Words kArities = {"1", "+", "*"};
constexpr Shape kArity{.form = Form::Word, .words = kArities};
constexpr FieldShape kLateFields[] = {
    {"when", &kWhen, "absent: always"},
    {"value", &kValue, "what the script fills in", true},
};
constexpr Shape kLate{.form = Form::Fields, .fields = kLateFields};
constexpr Shape kLates{.form = Form::List, .item = &kLate};
constexpr Shape kLateDefault{.form = Form::Text, .other = &kLates};
constexpr Shape kNumber{.form = Form::Real};
constexpr Shape kRange{.form = Form::List, .item = &kNumber};
constexpr Shape kChoices{.form = Form::List, .item = &kText};
constexpr FieldShape kVariantFields[] = {
    {"flag", &kText, "as the command line spells it"},
    {"short", &kText, "a second spelling, taken and never written"},
    {"negative", &kText, "the form that takes a switch back"},
    {"type", &kType, "what the script's parser makes of a word"},
    {"arity", &kArity, "1, + for one and more, or * for none as well"},
    {"alone", &kText, "what the flag means without a value; absent: it needs one"},
    {"default", &kValue, "null: a later step may fill it"},
    {"late_default", &kLateDefault, "first entry that holds; a plain text is for people only"},
    {"zero_is_unset", &kFlag, "0, false and an empty list are filled by the late default, too"},
    {"items", &kType, "one word holds several of this type with commas between them"},
    {"choices", &kChoices, "values that it takes"},
    {"range", &kRange, "lowest and highest"},
    {"scripts", &kScripts, "whose command line takes it; absent: all"},
    {"only_with", &kWhen, "it exists only when this holds"},
    {"required", &kFlag, "the script does not start without it"},
    {"stores", &kFlag, "false: giving the switch turns its key off"},
    {"since", &kText, "release that brought it"},
    {"from", &kText, "module that adds it"},
    {"about", &kText, "one line for people"},
};
constexpr Shape kVariant{.form = Form::Fields, .fields = kVariantFields};
constexpr Shape kVariants{.form = Form::List, .item = &kVariant};
/// The same, and the variants.
constexpr auto kOptionFields = [] {
  constexpr std::size_t kCount = std::size(kVariantFields);
  std::array<FieldShape, kCount + 1> all{};
  for (std::size_t i = 0; i < kCount; ++i) all.at(i < kCount - 1 ? i : kCount) = kVariantFields[i];
  all.front().required = true;
  all.at(kCount - 1) = {"variants", &kVariants,
                        "the first whose scripts and only_with hold overrides the fields above"};
  return all;
}();
constexpr Shape kOptionShape{.form = Form::Fields, .fields = kOptionFields};
constexpr Shape kOptionMap{.form = Form::Named, .item = &kOptionShape};

// --- metrics ---
constexpr Words kUnits = {"samples/s",   "%",       "1",
                          "s",           "ms",      "us",
                          "h",           "epochs",  "weight updates",
                          "steps",       "samples", "tokens/s",
                          "sequences/s", "W",       "J",
                          "kWh",         "MB",      "MiB",
                          "GB",          "GiB"};
constexpr Shape kUnit{.form = Form::Word, .words = kUnits};
constexpr Words kCoverWords = {"all instances", "one process"};
constexpr Shape kCover{.form = Form::Word, .words = kCoverWords};
constexpr Words kAny = {"any"};
constexpr Shape kCoverMap{.form = Form::Named,
                          .set = NameSet::Launcher,
                          .names_known = true,
                          .words = kAny,
                          .item = &kCover};
constexpr Shape kCovers{.form = Form::Word, .words = kCoverWords, .other = &kCoverMap};
constexpr Words kCombineWords = {"sum", "mean", "longest"};
constexpr Shape kCombine{.form = Form::Word, .words = kCombineWords};
constexpr Words kBetterWords = {"higher", "lower"};
constexpr Shape kBetter{.form = Form::Word, .words = kBetterWords};
constexpr FieldShape kMetricFields[] = {
    {"scripts", &kScripts, "that print it; absent: all"},
    {"line", &kText, "only lines that hold this text"},
    {"text", &kHole, "literal text around {value}"},
    {"regex", &kRegex,
     "an expression in place of `text`; its group `value`, or the only one, is taken"},
    {"unit", &kUnit, "of the value", true},
    {"covers", &kCovers, "all instances or one process, also by launcher"},
    {"combine", &kCombine,
     "what the values of several processes make: sum (default), mean, longest"},
    {"discard_first", &kWhole, "values of each instance that do not count"},
    {"better", &kBetter, "higher or lower: each value is of another checkpoint, and has no mean"},
    {"at", &kMetricName, "the metric on the same line that says of which checkpoint"},
    {"of", &kOption, "the option that says at which value the run is over"},
    {.key = "under",
     .shape = &kText,
     .about = "the line over a table; `text` is it with {value} for the value's column",
     .excludes = "regex"},
    {"discard_through", &kWhole, "rows whose first number is at most this do not count"},
};
constexpr Words kMetricTexts = {"text", "regex"};
constexpr Shape kMetric{
    .form = Form::Fields, .fields = kMetricFields, .one_of = kMetricTexts, .one_needed = true};
constexpr Shape kMetrics{.form = Form::Named, .item = &kMetric};

// --- rehearsal ---
constexpr FieldShape kLineFields[] = {
    {"when", &kWhenRehearsed, "when it is written"},
    {"text", &kText, "the line", true},
};
constexpr Shape kLineMap{.form = Form::Fields, .fields = kLineFields};
constexpr Shape kLine{.form = Form::Text, .other = &kLineMap};
constexpr Shape kLines{.form = Form::List, .item = &kLine};
constexpr Words kRowParts = {"progress", "evaluation", "tail"};
constexpr Shape kRowPart{.form = Form::Word, .words = kRowParts};
constexpr FieldShape kPlayedFileFields[] = {
    {"when", &kWhenRehearsed, "when it is written"},
    {"row_with", &kRowPart, "the line that each row is written with", true},
    {"columns", &kTextMap, "column -> text with fields, as in a line", true},
};
constexpr Shape kPlayedFile{.form = Form::Fields, .fields = kPlayedFileFields};
constexpr Shape kPlayedFiles{.form = Form::Named, .item = &kPlayedFile};
constexpr Words kPlays = {"training", "evaluation", "nothing"};
constexpr Shape kPlaysWord{.form = Form::Word, .words = kPlays};
constexpr Words kWriters = {"first", "all"};
constexpr Shape kWriter{.form = Form::Word, .words = kWriters};
constexpr Words kCalls = {"epoch", "log", "divisor"};
constexpr Shape kCall{.form = Form::Word, .words = kCalls};
constexpr Shape kRunFigures{
    .form = Form::Named, .set = NameSet::RunFigure, .names_known = true, .item = &kOption};
constexpr Words kStreams = {"stdout", "stderr"};
constexpr Shape kStream{.form = Form::Word, .words = kStreams};
constexpr FieldShape kPlayFields[] = {
    {"like", &kScript, "plays what that one plays"},
    {"plays", &kPlaysWord, "what it does"},
    {"figures", &kRunFigures, "what the arithmetic of a run speaks of -> options"},
    {"name", &kText, "of the run"},
    {"head", &kLines, "lines before the work"},
    {"progress", &kText, "one line of the work"},
    {"saved_first", &kText, "line for the first checkpoint"},
    {"saved", &kText, "line for a checkpoint"},
    {"compiled", &kText, "line when all is compiled"},
    {"list", &kText, "line before an evaluation"},
    {"checkpoint", &kText, "each checkpoint in it"},
    {"result", &kText, "line at the end"},
    {"evaluation", &kText, "line of an evaluation"},
    {"tail", &kLines, "lines behind the work"},
    {"call", &kCall,
     "epoch: one line of progress each; divisor: what divides an epoch; usual: the log interval"},
    {"written_by", &kWriter, "first: only the first instance writes"},
    {"takes_ranks", &kFlag, "instances are Open MPI's processes"},
    {"epochs_beat_updates", &kFlag, "absent: updates beat epochs"},
    {"leaves_out", &kWhole, "calls that the figures of `result` leave out"},
    {"evaluates_with", &kOption, "a switch that makes it an evaluation"},
    {"trains_with", &kOption, "a training: without it there is none"},
    {"validates_with", &kOption, "a training: with it an evaluation follows"},
    {"stream", &kStream, "where it writes; usual: stdout"},
    {"csv_files", &kPlayedFiles, "by name: files that the first instance writes into its folder"},
};
constexpr Shape kPlay{.form = Form::Fields, .fields = kPlayFields};
constexpr Shape kRehearsal{
    .form = Form::Named, .set = NameSet::Script, .names_known = true, .item = &kPlay};

// --- the application ---
constexpr Words kUnknownKeys = {"ignored", "refused"};
constexpr Shape kUnknownKeysWord{.form = Form::Word, .words = kUnknownKeys};
constexpr Shape kNoDataItem{.form = Form::Name, .set = NameSet::Option, .other = &kWhen};
constexpr Shape kNoData{.form = Form::List, .item = &kNoDataItem};
constexpr Shape kNetworks{.form = Form::Named, .item = &kWhen};
constexpr Shape kCounterpart{
    .form = Form::Named, .set = NameSet::Option, .names_known = true, .item = &kText};
constexpr Shape kCounterparts{
    .form = Form::Named, .set = NameSet::Application, .names_known = true, .item = &kCounterpart};
constexpr Shape kLaterValues{.form = Form::Named, .item = &kText};
constexpr FieldShape kLaterFields[] = {
    {"key", &kText, "what it is called in a later release; absent: it is gone, or has its name"},
    {"values", &kLaterValues, "its values -> those of the later release; empty: there is none"},
    {"back", &kLaterValues, "values of the later release -> these, where `values` does not tell"},
    {"otherwise", &kText, "the value here of those there that `values` does not name"},
    {"until", &kText, "the last release that has it so; absent: this one"},
    {"text", &kText, "the value there, with {value} for its own"},
    {"why", &kText, "the reason, for people"},
};
constexpr Shape kLaterOption{.form = Form::Fields, .fields = kLaterFields};
// Earlier releases inherit it, and need not have every option.
constexpr Shape kLater{.form = Form::Named, .item = &kLaterOption};
// Keys that the scripts may know no more.
constexpr Shape kOlderNames{.form = Form::Named, .item = &kOption};
constexpr Shape kExtends{.form = Form::Name, .set = NameSet::ApplicationId};
constexpr FieldShape kApplicationFields[] = {
    {"extends", &kExtends, "the application it changes"},
    {"inherits_presets", &kFlag, "false: none of the presets of what it extends"},
    {"title", &kText, "name for people"},
    {"source", &kText, "where the scripts come from"},
    {"aliases", &kTexts, "releases that are this one", false, true},
    {"sdk", &kTextOrTexts, "releases of the Poplar SDK that it is made for", false, true},
    {"directory", &kText, "of its scripts, below a checkout"},
    {"software", &kTexts, "whose messages its output may hold, beside the launcher's"},
    {"generations", &kGenerations, "of the targets it runs on; absent: all"},
    {"preset_option", &kOption, "option that names a preset"},
    {"preset_file_option", &kOption, "option that names a file of presets"},
    {"checkout", &kCheckout, "what tells a checkout of this release; all of it holds"},
    {"unknown_keys", &kUnknownKeysWord, "what becomes of a preset's key that it does not know"},
    {"no_data_with", &kNoData, "what makes a data folder needless"},
    {"purposes", &kPurposeMap, "what can be run, in the order of `show`", true},
    {"scripts", &kScriptMap, "the programs"},
    {"networks", &kNetworks, "name -> values that make it"},
    {"later", &kLater, "what became of its options in later releases"},
    {"older_names", &kOlderNames, "what its options were called before -> what they are called"},
    {"counterparts", &kCounterparts, "application -> which option means the same there"},
    {"quantities", &kQuantityMap, "our words -> options", true},
    {"pipeline", &kPipeline, "what a schedule demands"},
    {"options", &kOptionMap, "of all scripts", true},
    {"metrics", &kMetrics, "figures that the scripts print"},
    {"only_first_prints", &kFlag, "true: of several instances the first alone prints"},
    {"data_sets", &kDataSets, "samples of each"},
    {"rehearsal", &kRehearsal, "what the stand-in of a script writes"},
    {"data_set", &kDataSetUse, "which data set is in use"},
    {"run_length", &kRunLength, "options that set it"},
    {"validation", &kValidation, "how an evaluation goes"},
    {"process_ipus", &kProcessIpus, "launchers under which IPUs of a process are a power of two"},
    {"memory_proportions", &kProportions, "memory of convolutions, for each stage"},
    {"optimiser_decay", &kDecay, "a decay that follows the global batch"},
    {"learning_rate", &kRate, "what follows the global batch"},
    {"loss_scale", &kLossScale, "a loss scale that grows"},
    {"layers", &kLayers, "names for pipeline splits; first `when` that holds"},
    {"layer_renames", &kLayerRename, "a part of layers' names that an option changes"},
    {"rules", &kRules, "relations between options"},
    {"ends_before", &kEndsBefore, "part of a training -> switches that end the script before it"},
    {"preset_values", &kPresetValues, "what the script makes of values that its parser hands on"},
    {"executable_cache", &kCache, "how it is told where compiled executables are kept"},
    {"compile_only", &kOption, "switch that ends a script when it has compiled its graph"},
    {"resources", &kResources, "what a run needs beside IPUs", false, true},
};
constexpr Shape kApplication{.form = Form::Fields, .fields = kApplicationFields};

}  // namespace

const Shape& application_shape() { return kApplication; }
const Shape& option_shape() { return kOptionShape; }
const Shape& variant_shape() { return kVariant; }
const Shape& rule_shape() { return kRule; }
std::span<const std::string_view> option_types() { return kTypes; }

}  // namespace ipucnn
