// document.cpp: YAML by yaml-cpp, its scalars by our own reading.
#include "tune/detail/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace atelier::detail {
namespace {

constexpr int kDeepest = 64;
constexpr int kMostNodes = 200'000;  // aliases of aliases can blow up a small file

bool whole_number(std::string_view text, std::int64_t& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 10;
  if (base != 10) text.remove_prefix(2);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

bool real_number(std::string_view text, double& value) {
  const auto first = text.find_first_not_of("+-");
  if (first == std::string_view::npos || first > 1) return false;
  const std::string_view body = text.substr(first);
  const double sign = text[0] == '-' ? -1 : 1;
  if (body == ".inf" || body == ".Inf" || body == ".INF")
    return value = sign * std::numeric_limits<double>::infinity(), true;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return value = std::numeric_limits<double>::quiet_NaN(), true;
  if (body.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  if (body[0] != '.' && (body[0] < '0' || body[0] > '9')) return false;
  const auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value);
  value *= sign;
  return error == std::errc{} && end == body.data() + body.size();
}

/// The line, from 1, of the first byte that is no part of UTF-8.
std::optional<int> line_of_bad_byte(std::string_view text) {
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const unsigned first = byte(at), second = byte(at + 1);
    const std::size_t more = first < 0x80 ? 0 : first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    bool fine = first < 0x80 || (first >= 0xC2 && first <= 0xF4);
    for (std::size_t i = 1; i <= more; i++) fine = fine && (byte(at + i) & 0xC0) == 0x80;
    if (first == 0xE0) fine = fine && second >= 0xA0;  // else too long a form
    if (first == 0xED) fine = fine && second < 0xA0;   // else half a pair of UTF-16
    if (first == 0xF0 || first == 0xF4) fine = fine && (second >= 0x90) == (first == 0xF0);
    if (!fine) return line;
    line += first == '\n';
    at += 1 + more;
  }
  return std::nullopt;
}

struct Reader {
  std::string name;
  int nodes = 0;
  std::optional<Error> trouble = {};

  void fault(int line, std::string what, std::string why, std::string fix) {
    if (!trouble)
      trouble = Error{Trouble::usage, fmt::format("{}:{}: {}", name, line, what), std::move(why), std::move(fix)};
  }

  Node read(const YAML::Node& from, int line, int depth) {
    Node node;
    node.line = from.Mark().is_null() ? line : from.Mark().line + 1;
    if (depth > kDeepest || ++nodes > kMostNodes) {
      fault(node.line, "this file is nested too deeply or too large", "", "a sweep file is a page or two");
      return node;
    }
    if (from.IsSequence()) {
      node.kind = Node::Kind::list;
      for (const YAML::Node& item : from) {
        node.items.push_back(read(item, node.line, depth + 1));
        if (trouble) break;
      }
    } else if (from.IsMap()) {
      read_map(from, node, depth);
    } else if (from.IsScalar()) {
      node.plain = from.Tag() != "!";
      node.scalar = node.plain ? plain_scalar(from.Scalar()) : nlohmann::json(from.Scalar());
    }
    return node;
  }

  void read_map(const YAML::Node& from, Node& node, int depth) {
    node.kind = Node::Kind::map;
    for (const auto& entry : from) {
      const int line = entry.first.Mark().is_null() ? node.line : entry.first.Mark().line + 1;
      if (!entry.first.IsScalar()) return fault(line, "a key must be a plain word", "", "write `name: value`");
      const std::string key = entry.first.Scalar();
      if (const Node* before = node.find(key))
        return fault(line, fmt::format("`{}` is given twice", key), fmt::format("first in line {}", before->line),
                     "keep one of them");
      Node value = read(entry.second, line, depth + 1);
      value.line = line;
      node.entries.push_back({key, std::move(value)});
      if (trouble) return;
    }
  }
};

}  // namespace

const Node* Node::find(const std::string& key) const {
  const auto at = std::ranges::find(entries, key, &Entry::key);
  return at == entries.end() ? nullptr : &at->value;
}

nlohmann::json plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  std::int64_t whole = 0;
  if (whole_number(text, whole)) return whole;
  double real = 0;
  if (real_number(text, real)) return real;
  return text;
}

Result<Node> read_document(const std::string& text, const std::string& name) {
  if (const auto line = line_of_bad_byte(text))
    return fail(Trouble::usage, fmt::format("{}:{}: this is no UTF-8", name, *line),
                "a letter there is written in another encoding, such as Latin-1", "save the file as UTF-8");
  std::string readable = text;
  if (const auto first = text.find_first_not_of(" \t\r\n"); first != std::string::npos && text[first] == '{')
    std::ranges::replace(readable, '\t', ' ');  // JSON may indent by tabs, YAML may not
  try {
    Reader reader{name};
    Node root = reader.read(YAML::Load(readable), 1, 0);
    if (reader.trouble) return std::unexpected(*reader.trouble);
    return root;
  } catch (const YAML::Exception& problem) {
    const int line = problem.mark.is_null() ? 1 : problem.mark.line + 1;
    return fail(Trouble::usage, fmt::format("{}:{}: this is no YAML", name, line), problem.msg,
                text.find("\n\t") != std::string::npos ? "YAML indents by spaces: replace the tabs"
                                                       : "indent by spaces and write `name: value`, one a line");
  }
}

nlohmann::json to_json(const Node& node) {
  if (node.kind == Node::Kind::scalar) return node.scalar;
  auto json = node.kind == Node::Kind::list ? nlohmann::json::array() : nlohmann::json::object();
  for (const Node& item : node.items) json.push_back(to_json(item));
  for (const auto& [key, value] : node.entries) json[key] = to_json(value);
  return json;
}

std::string found(const Node& node) {
  if (node.kind == Node::Kind::map) return "a map";
  if (node.kind == Node::Kind::list) return "a list";
  if (node.scalar.is_null()) return "nothing";
  const std::string text = node.scalar.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return node.scalar.is_string() ? "the text " + text : text;
}

}  // namespace atelier::detail
