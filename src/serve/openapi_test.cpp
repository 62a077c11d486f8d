// openapi_test.cpp: docs/reference/openapi.json against the table of routes and against real answers.
#include <algorithm>
#include <fstream>
#include <set>

#include "serve/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;
using Json = nlohmann::json;

class OpenApiTest : public ::testing::Test {
 protected:
  Json document_ = Json::parse(std::ifstream(ATELIER_SOURCE_DIR "/docs/reference/openapi.json"));

  const Json& resolved(const Json& schema) const {
    if (!schema.contains("$ref")) return schema;
    return document_.at(Json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  }

  static bool has_type(const Json& value, const std::string& type) {
    if (type == "number") return value.is_number();
    if (type == "integer") return value.is_number_integer();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    return type == "null" && value.is_null();
  }

  /// What of a value is not as the schema says; empty when all is. The part of JSON Schema that the document uses.
  std::string fault(const Json& value, const Json& given, const std::string& at) const {
    const Json& schema = resolved(given);
    const Json type = schema.value("type", Json());
    const bool typed =
        type.is_null() || (type.is_string() ? has_type(value, type) : std::ranges::any_of(type, [&](const Json& one) {
          return has_type(value, one);
        }));
    if (!typed) return at + " is no " + type.dump();
    if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end())
      return at + " is none of " + schema["enum"].dump();
    if (value.is_array()) return fault_of_items(value, schema, at);
    return value.is_object() ? fault_of_members(value, schema, at) : "";
  }

 private:
  std::string fault_of_items(const Json& value, const Json& schema, const std::string& at) const {
    if (value.size() < schema.value("minItems", std::size_t{0}) ||
        value.size() > schema.value("maxItems", value.size()))
      return at + " has a wrong number of items";
    if (!schema.contains("items")) return "";
    for (const Json& item : value)
      if (auto wrong = fault(item, schema["items"], at + "[]"); !wrong.empty()) return wrong;
    return "";
  }
  std::string fault_of_members(const Json& value, const Json& schema, const std::string& at) const {
    const Json properties = schema.value("properties", Json::object());
    for (const Json& name : schema.value("required", Json::array()))
      if (!value.contains(name)) return at + " lacks " + name.dump();
    const Json others = schema.value("additionalProperties", Json(true));
    for (const auto& [name, member] : value.items()) {
      if (!properties.contains(name) && others == Json(false)) return at + " has the unknown " + name;
      const Json& of = properties.contains(name) ? properties[name] : others;
      if (!of.is_object()) continue;
      if (auto wrong = fault(member, of, at + "." + name); !wrong.empty()) return wrong;
    }
    return "";
  }
};

TEST_F(OpenApiTest, HasTheRoutesMethodsAndParametersOfTheTable) {
  std::set<std::string> documented, routed;
  for (const auto& [path, methods] : document_["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      std::string line = path + " " + method;
      std::set<std::string> parameters;
      for (const Json& parameter : operation.value("parameters", Json::array()))
        if (parameter["in"] == "query") parameters.insert(parameter["name"]);
      for (const std::string& name : parameters) line += " " + name;
      if (operation.contains("requestBody")) line += " body";
      documented.insert(line);
      EXPECT_EQ(operation.contains("security"), method != "get") << line;
    }
  for (const Route& route : routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    std::string line = std::string(route.pattern) + " " + method;
    for (const std::string_view name : std::set<std::string_view>(route.query.begin(), route.query.end()))
      line += " " + std::string(name);
    routed.insert(line + (route.takes == Takes::body ? " body" : ""));
  }
  EXPECT_EQ(documented, routed);
}

TEST_F(OpenApiTest, PiecesOfPathsAreDescribed) {
  for (const auto& [path, methods] : document_["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      std::string pieces, described;
      for (std::size_t at = path.find('{'); at != path.npos; at = path.find('{', at + 1))
        pieces += path.substr(at, path.find('}', at) - at + 1);
      for (const Json& parameter : operation.value("parameters", Json::array()))
        if (parameter["in"] == "path") described += "{" + parameter["name"].get<std::string>() + "}";
      EXPECT_EQ(pieces, described) << path;
    }
}

TEST_F(OpenApiTest, RealAnswersHaveTheShapesItTells) {
  Served served;
  const auto expect = [&](const Request& request, const std::string& path, const std::string& method) {
    const Response response = served.ask(request);
    const Json& operation = document_["paths"][path][method];
    const std::string status = std::to_string(response.status);
    ASSERT_TRUE(operation["responses"].contains(status)) << request.target << " " << status << " " << response.text();
    const Json& said = resolved(operation["responses"][status]);
    const Json& schema = said["content"]["application/json"]["schema"];
    EXPECT_EQ(fault(json_of(response), schema, "answer"), "") << request.target << " " << response.text();
  };
  const auto get_as = [&](const std::string& target, const std::string& path) { expect(get(target), path, "get"); };
  get_as("/api/workspace", "/api/workspace");
  get_as("/api/columns", "/api/columns");
  get_as("/api/runs", "/api/runs");
  get_as("/api/runs?limit=x", "/api/runs");
  for (const std::string run : {"a", "b", "s-0", "nobody"}) {
    get_as("/api/runs/" + run, "/api/runs/{run}");
    for (const std::string part : {"/history", "/series", "/log"})
      get_as("/api/runs/" + run + part, "/api/runs/{run}" + part);
  }
  get_as("/api/runs/a/figures/curves", "/api/runs/{run}/figures/{figure}");
  get_as("/api/runs/a/figures/nothing", "/api/runs/{run}/figures/{figure}");
  get_as("/api/runs/a/artifacts/nothing", "/api/runs/{run}/artifacts/{artifact}");
  get_as("/api/sweeps", "/api/sweeps");
  get_as("/api/sweeps/nothing", "/api/sweeps/{sweep}");
  expect(with_body("PATCH", "/api/runs/a", R"({"name":"x"})"), "/api/runs/{run}", "patch");
  expect(with_body("PATCH", "/api/runs/a", "[]"), "/api/runs/{run}", "patch");
  expect(with_body("POST", "/api/runs/a/try", R"({"test":0})"), "/api/runs/{run}/try", "post");
  expect(with_body("POST", "/api/runs/a/try", R"({"pixels":"x"})"), "/api/runs/{run}/try", "post");
  expect(with_body("POST", "/api/sweeps/s/state", R"({"state":"paused"})"), "/api/sweeps/{sweep}/state", "post");
  expect(with_body("POST", "/api/sweeps/s/state", R"({"state":"x"})"), "/api/sweeps/{sweep}/state", "post");
  expect(with_body("POST", "/api/runs/delete", R"({"ids":["a"],"dry_run":true})"), "/api/runs/delete", "post");
}

}  // namespace
}  // namespace atelier
