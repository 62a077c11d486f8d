// document.hpp: a YAML or JSON text as a tree that remembers its lines, with YAML 1.2's reading of scalars.
#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace atelier::detail {

/// A node of the tree: a scalar, a list or a map.
struct Node {
  enum class Kind { scalar, list, map };
  struct Entry;
  Kind kind = Kind::scalar;
  int line = 0;                ///< from 1
  nlohmann::json scalar;       ///< null, bool, integer, number or string
  bool plain = false;          ///< a scalar without quotes
  std::vector<Node> items;     ///< of a list
  std::vector<Entry> entries;  ///< of a map, in order; the node's line is its key's

  const Node* find(const std::string& key) const;
};

struct Node::Entry {
  std::string key;
  Node value;
};

/// Reads the text; `name` stands in the message of an error. A key given twice is an error.
Result<Node> read_document(const std::string& text, const std::string& name);

/// What a plain scalar means in YAML 1.2's core schema: 1e-3 is a number, on and yes are words, 010 is ten.
nlohmann::json plain_scalar(const std::string& text);

/// The node as JSON.
nlohmann::json to_json(const Node& node);

/// "a map", "a list", "the text \"abc\"", "0.5": what was found, for a message.
std::string found(const Node& node);

}  // namespace atelier::detail
