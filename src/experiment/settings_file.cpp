// settings_file.cpp: settings from a YAML or JSON file.
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "experiment/settings.hpp"

namespace atelier {
namespace {

constexpr std::uintmax_t kLargestFile = 1 << 20;

Result<std::string> read_text(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return fail(Trouble::file, fmt::format("there is no file {}", path), "it was named as the config file");
  if (std::filesystem::is_directory(status))
    return fail(Trouble::file, fmt::format("{} is a folder, no config file", path));
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  if (!file) return fail(Trouble::file, fmt::format("cannot open {}", path), "it was named as the config file");
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLargestFile)
    return fail(Trouble::usage, fmt::format("{} is too large for a config file", path), "it has more than 1 MiB");
  return text;
}

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
  auto text = read_text(path);
  if (!text) return pass_on(text);
  YAML::Node root;
  try {
    root = YAML::Load(*text);
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
    if (!entry.first.IsScalar()) return fail(Trouble::usage, fmt::format("{}: a name must be a plain word", where));
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
