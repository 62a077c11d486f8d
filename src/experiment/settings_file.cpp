// settings_file.cpp: settings from a YAML or JSON file.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <map>

#include "base/files.hpp"
#include "experiment/settings.hpp"

namespace atelier {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;

/// "run.yaml:3", lines counted from 1.
std::string place(const std::string& path, const YAML::Mark& mark) {
  return mark.is_null() ? path : fmt::format("{}:{}", path, mark.line + 1);
}

Result<std::string> value_text(const YAML::Node& value, const std::string& name, const std::string& where) {
  if (value.IsScalar()) return value.Scalar();
  if (value.IsSequence()) {
    std::string text;
    bool flat = true;
    for (const YAML::Node& item : value) {
      flat = flat && item.IsScalar();
      if (flat) text += (text.empty() ? "" : ",") + item.Scalar();
    }
    if (flat) return text.empty() ? std::string("none") : text;
  }
  return fail(Trouble::usage, fmt::format("{}: {} has no single value", where, name),
              value.IsMap()        ? "found a nested map"
              : value.IsSequence() ? "found a nested list"
                                   : "found nothing after the colon",
              "write a number, a name or a list");
}

Error at(const std::string& where, Error error) {
  error.summary = where + ": " + error.summary;
  return error;
}

}  // namespace

Result<void> Draft::read_file(const std::string& path) {
  const auto bytes = atelier::read_file(path, kLargestFile);
  if (!bytes) return pass_on(bytes);
  const std::string text(bytes->begin(), bytes->end());
  YAML::Node root;
  try {
    root = YAML::Load(text);
  } catch (const YAML::Exception& problem) {
    return fail(Trouble::usage, fmt::format("{}: this is no YAML", place(path, problem.mark)), problem.msg,
                "write one `name: value` a line, for example `learning_rate: 0.001`");
  }
  if (root.IsNull()) return {};
  if (!root.IsMap())
    return fail(Trouble::usage,
                fmt::format("{}: a config file is a list of `name: value` lines", place(path, root.Mark())),
                root.IsScalar() ? "found a single value" : "found a list", "for example `learning_rate: 0.001`");
  std::map<const Setting*, std::string> seen;
  for (const auto& entry : root) {
    const std::string where = place(path, entry.first.Mark());
    if (!entry.first.IsScalar())
      return fail(Trouble::usage, fmt::format("{}: a name must be a plain word", where), "found a list or a map",
                  "for example `learning_rate: 0.001`");
    const std::string name = entry.first.Scalar();
    if (const Setting* setting = find_setting(name)) {
      if (const auto [twice, fresh] = seen.try_emplace(setting, name); !fresh)
        return fail(Trouble::usage, fmt::format("{}: {} is set twice", where, setting->name),
                    fmt::format("as `{}` before, here as `{}`", twice->second, name), "keep one of them");
    }
    auto value = value_text(entry.second, name, where);
    if (!value) return pass_on(value);
    if (auto done = set(name, *value, Source::file); !done) return std::unexpected(at(where, std::move(done.error())));
  }
  return {};
}

}  // namespace atelier
