package boxwall.script;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;

import java.util.ArrayList;
import java.util.List;

/**
 * Compares answers with GET /openapi.json: the status is listed, and the body matches its schema.
 */
final class OpenApi {
    private final JsonObject document;

    OpenApi(String text) { document = Json.parse(text).asObject(); }

    /** Method and path of every operation, "GET /ok". */
    List<String> operations() {
        List<String> all = new ArrayList<>();
        JsonObject paths = document.get("paths").asObject();
        for (String path : paths.names()) {
            for (String method : paths.get(path).asObject().names()) {
                all.add(method.toUpperCase() + " " + path);
            }
        }
        return all;
    }

    /** The differences between an answer and its description; empty if there are none. */
    List<String> differences(String operation, DaemonBox.Answer answer) {
        String[] words = operation.split(" ");
        List<String> found = new ArrayList<>();
        JsonObject described =
                document.get("paths").asObject().get(words[1]).asObject().get(words[0].toLowerCase()).asObject();
        JsonValue problem = document.get("components").asObject().get("responses").asObject().get("problem");
        JsonValue response = answer.status() >= 400 ? problem
                : described.get("responses").asObject().get(String.valueOf(answer.status()));
        if (response == null) {
            found.add(operation + ": " + answer.status() + " is not listed: " + answer.body());
            return found;
        }
        JsonValue content = resolved(response.asObject()).get("content");
        String type = answer.header("Content-Type").split(";")[0];
        if (content == null || type.isEmpty()) {
            if (content != null || !type.isEmpty() || !answer.body().isEmpty()) {
                found.add(operation + ": " + answer.status() + " has the type '" + type + "'");
            }
        } else if (content.asObject().get(type) == null) {
            found.add(operation + ": " + type + " is not listed for " + answer.status());
        } else if (type.endsWith("json")) {
            check(Json.parse(answer.body()), content.asObject().get(type).asObject().get("schema").asObject(),
                    operation, found);
        }
        return found;
    }

    private JsonObject resolved(JsonObject object) {
        JsonValue ref = object.get("$ref");
        if (ref == null) { return object; }
        JsonValue at = document;
        for (String name : ref.asString().substring(2).split("/")) {
            at = at.asObject().get(name);
        }
        return at.asObject();
    }

    private void check(JsonValue value, JsonObject unresolved, String at, List<String> found) {
        JsonObject schema = resolved(unresolved);
        if (schema.get("oneOf") != null) {
            List<String> fewest = null;
            for (JsonValue one : schema.get("oneOf").asArray()) {
                List<String> here = new ArrayList<>();
                check(value, one.asObject(), at, here);
                fewest = fewest == null || here.size() < fewest.size() ? here : fewest;
            }
            found.addAll(fewest);
            return;
        }
        if (value.isNull() && schema.getBoolean("nullable", false)) { return; }
        String type = schema.getString("type", "object");
        boolean fits = switch (type) {
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "number" -> value.isNumber();
            case "integer" -> value.isNumber() && value.toString().matches("-?[0-9]+");
            case "array" -> value.isArray();
            default -> value.isObject();
        };
        if (!fits) {
            found.add(at + " is no " + type + ": " + value);
        } else if (type.equals("array")) {
            value.asArray().forEach(item -> check(item, schema.get("items").asObject(), at + "[]", found));
        } else if (type.equals("object")) {
            object(value.asObject(), schema, at, found);
        } else if (schema.get("enum") != null
                && schema.get("enum").asArray().values().stream().noneMatch(value::equals)) {
            found.add(at + " is none of " + schema.get("enum") + ": " + value);
        }
    }

    private void object(JsonObject value, JsonObject schema, String at, List<String> found) {
        JsonValue optional = schema.get("x-optional");
        for (String name : schema.get("properties") == null ? List.<String>of()
                : schema.get("properties").asObject().names()) {
            if (value.get(name) == null
                    && (optional == null || !optional.asArray().values().contains(Json.value(name)))) {
                found.add(at + " lacks " + name);
            }
        }
        JsonValue more = schema.get("additionalProperties");
        for (String name : value.names()) {
            JsonValue known = schema.get("properties") == null ? null : schema.get("properties").asObject().get(name);
            if (known != null) {
                check(value.get(name), known.asObject(), at + "." + name, found);
            } else if (more != null && more.isObject()) {
                check(value.get(name), more.asObject(), at + "." + name, found);
            } else if (more == null && schema.get("properties") != null) {
                found.add(at + " has " + name + ", which is not listed");
            }
        }
    }
}
