#pragma once

#include "load/basic_shapes.h"

namespace ipucnn::shapes {

// --- data sets, run length and the other blocks that rules go by ---
inline constexpr FieldShape kDataSetFields[] = {
    {"training", &kWhole, "samples"},
    {"validation", &kWhole, "samples"},
};
inline constexpr Shape kDataSet{.form = Form::Fields, .fields = kDataSetFields};
inline constexpr Shape kDataSets{.form = Form::Named, .item = &kDataSet};
inline constexpr Shape kDataSetName{.form = Form::Name, .set = NameSet::DataSet};
inline constexpr Shape kDataSetNames{.form = Form::List, .item = &kDataSetName};
inline constexpr FieldShape kShareFields[] = {
    {"option", &kOption, "percent of the training set", true},
    {"only", &kDataSetNames, "the data sets that it counts for", true},
    {"once", &kFlag, "taken once; absent: the reader takes it of the rest again"},
};
inline constexpr Shape kShare{.form = Form::Fields, .fields = kShareFields};
inline constexpr FieldShape kDataSetUseFields[] = {
    {"option", &kOption, "names an entry of data_sets"},
    {"name", &kDataSetName, "the only data set"},
    {"when", &kWhenFigures, "otherwise the size is not known"},
    {"share", &kShare, "a part of it"},
};
inline constexpr Shape kDataSetUse{.form = Form::Fields, .fields = kDataSetUseFields};
inline constexpr Words kStronger = {"epochs", "updates"};
inline constexpr Shape kStrongerWord{.form = Form::Word, .words = kStronger};
inline constexpr FieldShape kRunLengthFields[] = {
    {"epochs", &kOption, "length in epochs"},
    {"updates", &kOption, "length in weight updates; beats epochs"},
    {"stronger", &kStrongerWord, "which of the two wins"},
    {"updates_per_log", &kOption, "with a length in updates"},
    {"logs_per_epoch", &kOption, "with a length in epochs"},
    {"updates_per_call", &kOption, "most updates in one call from the host"},
    {"device_iterations", &kOption, "steps in one call from the host"},
};
inline constexpr Shape kRunLength{.form = Form::Fields, .fields = kRunLengthFields};
inline constexpr FieldShape kPartsFields[] = {
    {"when", &kWhenFigures, "when the input is cut into parts"},
    {"at_most", &kCount, "parts"},
    {"workers", &kOption, "that the parts keep busy"},
};
inline constexpr Shape kParts{.form = Form::Fields, .fields = kPartsFields};
inline constexpr FieldShape kValidationFields[] = {
    {"purposes", &kPurposes, "evaluations of the whole validation set"},
    {"steps_per_call", &kOption, "steps in one call from the host"},
    {"parts", &kParts, "how one process cuts its input"},
};
inline constexpr Shape kValidation{.form = Form::Fields, .fields = kValidationFields};
inline constexpr FieldShape kProcessIpusFields[] = {
    {"none", &kEvidence, "without launcher"},
    {"poprun", &kEvidence, "under poprun"},
    {"mpirun", &kEvidence, "under mpirun"},
    {"multiples_of", &kCount, "these pass as well"},
};
inline constexpr Shape kProcessIpus{.form = Form::Fields, .fields = kProcessIpusFields};
inline constexpr FieldShape kProportionFields[] = {
    {"option", &kOption, "list of proportions", true},
    {"per_stage", &kCount, "values of one stage"},
    {"words", &kFlag, "several values have to be texts"},
    {"only_with_stages", &kFlag, "not even one value without a pipeline"},
};
inline constexpr Shape kProportions{.form = Form::Fields, .fields = kProportionFields};
inline constexpr FieldShape kDecayFields[] = {
    {"when", &kWhenFigures, "when it counts"},
    {"value", &kOption, "given outright"},
    {"exponent", &kOption, "1 - 2 ** exponent x global batch", true},
    {"entry", &kText, "of the exponent, where it is one of a mapping"},
};
inline constexpr Shape kDecay{.form = Form::Fields, .fields = kDecayFields};
inline constexpr FieldShape kRateFields[] = {
    {"scaled", &kOption, "follows the global batch"},
    {"fixed", &kOption, "does not"},
};
inline constexpr Shape kRate{.form = Form::Fields, .fields = kRateFields};
inline constexpr FieldShape kLossScaleFields[] = {
    {"first", &kOption, "at the start", true},
    {"last", &kOption, "at the end", true},
    {"epochs", &kOption, "length of the run", true},
};
inline constexpr Shape kLossScale{.form = Form::Fields, .fields = kLossScaleFields};
inline constexpr Shape kUnitCounts{.form = Form::List, .item = &kWhole};
inline constexpr Shape kUnitsBySize{.form = Form::Named, .item = &kUnitCounts};
inline constexpr Shape kDepths{.form = Form::Named, .item = &kReal};
inline constexpr FieldShape kDepthFields[] = {
    {"option", &kOption, "replaces the depth of the size"},
    {"of_size", &kDepths, "size -> depth", true},
};
inline constexpr Shape kDepth{.form = Form::Fields, .fields = kDepthFields};
inline constexpr FieldShape kLayerFields[] = {
    {"when", &kWhenFigures, "models that it describes"},
    {"any_order", &kFlag, "splits need not follow it"},
    {"size", &kOption, "option whose value chooses the units"},
    {"first", &kTexts, "names in front"},
    {"unit", &kTexts,
     "patterns with {group} and {number}, from 1, {unit}, from 0, {letter}, from a"},
    {"units", &kUnitsBySize, "size -> units of each group"},
    {"repeats", &kUnitCounts, "units of each group at depth 1"},
    {"depth", &kDepth, "what the repeats are multiplied by, rounded up"},
    {"groups_from", &kWhole, "number of the first group; usual: 1"},
    {"units_from", &kWhole, "number of the first unit of a group; usual: 0"},
    {"first_group", &kTexts, "patterns of the unit that begins group 1"},
    {"first_unit", &kTexts, "patterns of the unit that begins a group, else as the others"},
    {"last", &kTexts, "names behind"},
    {"names", &kTexts, "all names, in order"},
};
inline constexpr Shape kLayerKind{.form = Form::Fields, .fields = kLayerFields};
inline constexpr FieldShape kLayerRenameFields[] = {
    {"when", &kWhenFigures, "when the names are others", true},
    {"from", &kText, "a part of names", true},
    {"to", &kText, "what stands in its place", true},
};
inline constexpr Shape kLayerRename{.form = Form::Fields, .fields = kLayerRenameFields};
inline constexpr Shape kLayers{.form = Form::List, .item = &kLayerKind};

// --- rules ---
inline constexpr Words kOneDemand = {"needs", "needs_any", "excludes", "used_when"};
inline constexpr FieldShape kRuleFields[] = {
    {"name", &kText, "what a fork changes or takes it away by"},
    {"id", &kFinding, "of findings.def; usual ones are filled in"},
    {"option", &kOption, "what the finding points at"},
    {"scripts", &kScripts, "where it holds; absent: everywhere"},
    {"when", &kWhenFigures, "what it speaks of"},
    {"needs", &kWhenFigures, "what has to hold"},
    {"needs_any", &kOptionList, "options of which one has to have a value"},
    {"excludes", &kWhenFigures, "what must not hold"},
    {"used_when", &kWhenFigures, "without it the option has no effect"},
    {"effect", &kText, "what happens then"},
    {"says", &kText, "the whole message"},
    {"help", &kText, "the remedy"},
    {"evidence", &kEvidence, "code (usual), documented or inferred: those two only warn"},
    {"part", &kText, "an entry of ends_before; absent: judged in any case"},
};
inline constexpr Shape kRule{.form = Form::Fields, .fields = kRuleFields, .one_of = kOneDemand};
inline constexpr Shape kRuleMap{.form = Form::Named, .item = &kRule};
inline constexpr Shape kRules{.form = Form::List, .item = &kRule, .other = &kRuleMap};

// --- what ends early, and values of presets ---
inline constexpr Shape kEndsBefore{.form = Form::Named, .item = &kOptionList};
inline constexpr FieldShape kPresetValueFields[] = {
    {"as_words", &kFlag, "a preset is read as the words of a command line"},
    {"exponents", &kFlag, "1e-5 is a number in its files: they have a wider pattern of floats"},
    {"null_stops", &kOptionList, "null takes a default away that the script needs"},
    {"fractions", &kOptionList, "an int on the command line; a file's fraction counts as it is"},
};
inline constexpr Shape kPresetValues{.form = Form::Fields, .fields = kPresetValueFields};

}  // namespace ipucnn::shapes
