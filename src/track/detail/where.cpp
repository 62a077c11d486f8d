// where.cpp: the grammar of filters.
//   either     = both ("or" both)*               both = not ("and" not)*
//   not        = "not" not | "(" either ")" | comparison
//   comparison = value (= | == | != | <> | < | <= | > | >=) value | value ["not"] "like" text
//              | value ["not"] "in" "(" literal ("," literal)* ")" | value "is" ["not"] "null"
//   value      = name | literal
#include "track/detail/where.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>
#include <span>

namespace atelier {
namespace {

constexpr std::size_t kLongest = 10'000;  // bytes of a filter
constexpr int kDeepest = 50;              // brackets within brackets

struct Token {
  enum class Kind { name, text, number, sign, end } kind = Kind::end;
  std::string text;
  Cell value;
  std::size_t at = 0;  ///< bytes from the start
};

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '-' || c == '/' || (static_cast<unsigned char>(c) & 0x80) != 0;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::unexpected<Error> misread(std::string_view where, std::size_t at, const std::string& why) {
  return fail(Trouble::usage, "the filter cannot be read",
              fmt::format("{}, at letter {}: {}", why, at + 1, at < where.size() ? where.substr(at, 40) : "(its end)"),
              "such as: optimizer = \"adam\" and val_accuracy > 0.88");
}

/// The token that begins with a quotation mark; a doubled mark stands for itself.
Result<Token> quoted(std::string_view where, std::size_t& at) {
  const std::size_t begin = at;
  const char mark = where[at++];
  Token token{mark == '`' ? Token::Kind::name : Token::Kind::text, {}, {}, begin};
  for (; at < where.size(); ++at) {
    if (where[at] != mark) {
      token.text += where[at];
    } else if (at + 1 < where.size() && where[at + 1] == mark) {
      token.text += where[at++];
    } else {
      ++at;
      token.value = token.text;
      return token;
    }
  }
  return misread(where, begin, "a quotation mark is not closed");
}

Result<Token> number(std::string_view where, std::size_t& at) {
  const std::size_t begin = at;
  if (where[at] == '+') ++at;
  const char* const last = where.data() + where.size();
  double real = 0;
  const auto [end, error] = std::from_chars(where.data() + at, last, real);
  std::int64_t whole = 0;
  const auto [whole_end, whole_error] = std::from_chars(where.data() + at, last, whole);
  const auto length = static_cast<std::size_t>(end - where.data());
  if (error != std::errc{} || (length < where.size() && is_name_letter(where[length])))
    return misread(where, begin, "this is no number");
  Token token{Token::Kind::number, std::string(where.substr(begin, length - begin)), real, begin};
  if (whole_error == std::errc{} && whole_end == end) token.value = whole;
  at = length;
  return token;
}

Result<std::vector<Token>> tokens_of(std::string_view where) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < where.size();) {
    const char c = where[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (c == '"' || c == '\'' || c == '`') {
      auto token = quoted(where, at);
      if (!token) return pass_on(token);
      tokens.push_back(*std::move(token));
    } else if (is_digit(c) || c == '-' || c == '+' || c == '.') {
      auto token = number(where, at);
      if (!token) return pass_on(token);
      tokens.push_back(*std::move(token));
    } else if (is_name_letter(c)) {
      const std::size_t begin = at;
      while (at < where.size() && is_name_letter(where[at])) ++at;
      tokens.push_back({Token::Kind::name, std::string(where.substr(begin, at - begin)), {}, begin});
    } else {
      const std::string_view two = where.substr(at, 2);
      const bool pair = two == "==" || two == "!=" || two == "<>" || two == "<=" || two == ">=";
      if (!pair && std::string_view("=<>(),").find(c) == std::string_view::npos)
        return misread(where, at, "this sign has no meaning here");
      tokens.push_back({Token::Kind::sign, std::string(where.substr(at, pair ? 2 : 1)), {}, at});
      at += pair ? 2 : 1;
    }
  }
  tokens.push_back({Token::Kind::end, {}, {}, where.size()});
  return tokens;
}

/// One value of a comparison: its SQL, and whether it is the tags, of which a run has many. A column has its name, a
/// literal its value.
struct Operand {
  std::string sql;
  bool is_tag = false;
  std::string column = {};
  Cell literal = {};
};

class Parser {
 public:
  Parser(QueryText& query, std::string_view where, std::vector<Token> tokens)
      : query_(query), where_(where), tokens_(std::move(tokens)) {}

  Result<std::string> parse() {
    auto sql = either(0);
    if (sql && peek().kind != Token::Kind::end) return misread(where_, peek().at, "nothing was expected any more");
    return sql;
  }

 private:
  const Token& peek() const { return tokens_[at_]; }
  Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool take_sign(std::string_view sign) { return take_if(peek().kind == Token::Kind::sign && peek().text == sign); }
  bool take_word(std::string_view word) {
    return take_if(peek().kind == Token::Kind::name && where_[peek().at] != '`' && lower(peek().text) == word);
  }
  bool take_if(bool yes) {
    if (yes) take();
    return yes;
  }

  Result<std::string> either(int depth) { return chain(depth, "or", " OR ", &Parser::both); }
  Result<std::string> both(int depth) { return chain(depth, "and", " AND ", &Parser::negation); }
  Result<std::string> chain(int depth, std::string_view word, std::string_view sql,
                            Result<std::string> (Parser::*part)(int)) {
    std::vector<std::string> parts;
    do {
      auto next = (this->*part)(depth);
      if (!next) return next;
      parts.push_back(*std::move(next));
    } while (take_word(word));
    return joined(parts, sql);
  }
  /// Halves of halves: SQLite limits how deep an expression is, and reads a row of terms as one within the other.
  static std::string joined(std::span<const std::string> parts, std::string_view sql) {
    if (parts.size() == 1) return parts[0];
    const std::size_t half = parts.size() / 2;
    return fmt::format("({}{}{})", joined(parts.first(half), sql), sql, joined(parts.subspan(half), sql));
  }

  Result<std::string> negation(int depth) {
    if (depth > kDeepest) return misread(where_, peek().at, "too many brackets within brackets");
    if (take_word("not")) {
      auto inner = negation(depth + 1);
      if (inner) *inner = fmt::format("(NOT {})", *inner);
      return inner;
    }
    if (!take_sign("(")) return comparison();
    auto inner = either(depth + 1);
    if (inner && !take_sign(")")) return misread(where_, peek().at, "a bracket is not closed");
    return inner;
  }

  Result<std::string> comparison() {
    auto left = operand();
    if (!left) return pass_on(left);
    if (take_word("is")) {
      const bool negated = take_word("not");
      if (!take_word("null")) return misread(where_, peek().at, "`is` is followed by null or not null");
      return fmt::format("({} IS {}NULL)",
                         left->is_tag ? "(SELECT max(tag) FROM tag WHERE tag.run = run.seq)" : left->sql,
                         negated ? "NOT " : "");
    }
    const bool negated = take_word("not");
    if (take_word("in")) return list(*left, negated);
    if (take_word("like")) {
      auto pattern = operand();
      if (!pattern) return pass_on(pattern);
      return combined(*left, fmt::format("LIKE {}", pattern->sql), negated);
    }
    if (negated) return misread(where_, peek().at, "`not` is followed by in or like here");
    return ordered(*left);
  }

  Result<std::string> ordered(const Operand& left) {
    const Token sign = take();
    constexpr std::string_view kSigns = " = == != <> < <= > >= ";
    if (sign.kind != Token::Kind::sign || kSigns.find(" " + sign.text + " ") == std::string_view::npos)
      return misread(where_, sign.at, "a comparison was expected (=, !=, <, <=, >, >=, like, in, is)");
    auto right = operand();
    if (!right) return pass_on(right);
    if (right->is_tag) return misread(where_, sign.at, "a tag stands on the left of its comparison");
    if (const auto* text = std::get_if<std::string>(&right->literal); text != nullptr && !left.column.empty()) {
      auto fitting = query_.fitting(left.column, left.sql, *text);
      if (!fitting) return pass_on(fitting);
      right->sql = query_.value(*std::move(fitting));
    }
    if (sign.text == "=" || sign.text == "==") return equal(left, {right->sql}, false);
    if (sign.text == "!=" || sign.text == "<>") return equal(left, {right->sql}, true);
    if (left.is_tag) return misread(where_, sign.at, "tags have no order");
    // SQLite puts every text above every number; here they are not compared.
    return fmt::format("((typeof({0}) = 'text') = (typeof({1}) = 'text') AND {0} {2} {1})", left.sql, right->sql,
                       sign.text);
  }

  Result<std::string> list(const Operand& left, bool negated) {
    if (!take_sign("(")) return misread(where_, peek().at, "`in` is followed by a list in brackets");
    std::vector<std::string> values;
    do {
      const Token token = take();
      if (token.kind != Token::Kind::text && token.kind != Token::Kind::number)
        return misread(where_, token.at, "a list holds texts in quotes and numbers");
      values.push_back(query_.value(token.value));
    } while (take_sign(","));
    if (!take_sign(")")) return misread(where_, peek().at, "the list is not closed");
    return equal(left, values, negated);
  }

  /// A list meets what it is written as without brackets and quotes: layers = 32 a [32], "128,64" a [128,64].
  static std::string equal(const Operand& left, const std::vector<std::string>& values, bool negated) {
    const std::string plain = fmt::format("IN ({})", fmt::join(values, ", "));
    if (left.is_tag || left.column.empty() || QueryText::is_own(left.column)) return combined(left, plain, negated);
    std::string as_list;
    for (const std::string& value : values)
      as_list += fmt::format(" OR replace({}, '\"', '') = '[' || {} || ']'", left.sql, value);
    return fmt::format("({}({} {}{}))", negated ? "NOT " : "", left.sql, plain, as_list);
  }

  static std::string combined(const Operand& left, const std::string& rest, bool negated) {
    const char* const no = negated ? "NOT " : "";
    if (left.is_tag)
      return fmt::format("({}EXISTS(SELECT 1 FROM tag WHERE tag.run = run.seq AND tag.tag {}))", no, rest);
    return fmt::format("({}({} {}))", no, left.sql, rest);
  }

  Result<Operand> operand() {
    const Token token = take();
    if (token.kind == Token::Kind::text || token.kind == Token::Kind::number)
      return Operand{query_.value(token.value), false, {}, token.value};
    if (token.kind != Token::Kind::name) return misread(where_, token.at, "a name, a number or a text was expected");
    const bool plain = where_[token.at] != '`';
    if (plain && lower(token.text) == "true") return Operand{query_.value(std::int64_t{1})};
    if (plain && lower(token.text) == "false") return Operand{query_.value(std::int64_t{0})};
    if (token.text == "tag" || token.text == "tags") return Operand{"", true};
    auto sql = query_.column(token.text);
    if (!sql) return pass_on(sql);
    return Operand{*std::move(sql), false, token.text};
  }

  QueryText& query_;
  std::string_view where_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::string> QueryText::condition(std::string_view where) {
  if (where.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::string("1");
  if (where.size() > kLongest)
    return fail(Trouble::usage, "the filter is too long",
                fmt::format("it has {} bytes; {} are taken", where.size(), kLongest));
  auto tokens = tokens_of(where);
  if (!tokens) return pass_on(tokens);
  return Parser(*this, where, *std::move(tokens)).parse();
}

}  // namespace atelier
