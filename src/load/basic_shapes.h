// Forms that many fields of a descriptor have.
#pragma once

#include "ipucnn/descriptor.h"

namespace ipucnn::shapes {

using Form = Shape::Form;
using Words = std::string_view[];

inline constexpr Shape kText{.form = Form::Text};
inline constexpr Shape kWhole{.form = Form::Whole};
inline constexpr Shape kCount{.form = Form::Whole, .least = 1};
inline constexpr Shape kReal{.form = Form::Real};
inline constexpr Shape kFlag{.form = Form::Flag};
inline constexpr Shape kDuration{.form = Form::Duration};
inline constexpr Shape kValue{.form = Form::Value};
inline constexpr Shape kTexts{.form = Form::List, .item = &kText};
inline constexpr Shape kTextOrTexts{.form = Form::Text, .other = &kTexts};
inline constexpr Shape kTextMap{.form = Form::Named, .item = &kText};

inline constexpr Shape kWhen{.form = Form::Condition, .names = ConditionNames::Options};
inline constexpr Shape kWhenFigures{.form = Form::Condition,
                                    .names = ConditionNames::OptionsAndFigures};
inline constexpr Shape kWhenRehearsed{.form = Form::Condition, .names = ConditionNames::Rehearsal};

inline constexpr Shape kOption{.form = Form::Name, .set = NameSet::Option};
inline constexpr Shape kOptionList{.form = Form::List, .item = &kOption};
inline constexpr Shape kOptions{.form = Form::Name, .set = NameSet::Option, .other = &kOptionList};
inline constexpr Shape kScript{.form = Form::Name, .set = NameSet::Script};
inline constexpr Shape kScripts{.form = Form::List, .item = &kScript};
inline constexpr Shape kPurpose{.form = Form::Name, .set = NameSet::Purpose};
inline constexpr Shape kPurposes{.form = Form::List, .item = &kPurpose};
inline constexpr Shape kQuantity{.form = Form::Name, .set = NameSet::Quantity};
inline constexpr Shape kQuantities{.form = Form::List, .item = &kQuantity};
inline constexpr Shape kLauncher{.form = Form::Name, .set = NameSet::Launcher};
inline constexpr Shape kLaunchers{.form = Form::List, .item = &kLauncher};
inline constexpr Shape kGeneration{.form = Form::Name, .set = NameSet::Generation};
inline constexpr Shape kGenerations{.form = Form::List, .item = &kGeneration};
inline constexpr Shape kFinding{.form = Form::Name, .set = NameSet::Finding};
inline constexpr Words kExit = {"exit"};
inline constexpr Shape kProof{.form = Form::Name, .set = NameSet::Metric, .words = kExit};
inline constexpr Shape kValuesOfOptions{
    .form = Form::Named, .set = NameSet::Option, .names_known = true, .item = &kValue};
inline constexpr Words kEvidenceWords = {"code", "documented", "inferred"};
inline constexpr Shape kEvidence{.form = Form::Word, .words = kEvidenceWords};

}  // namespace ipucnn::shapes
