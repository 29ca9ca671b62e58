package boxwall.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * openapi.json is generated from the table of routes: paths, methods, IDs, bodies and which routes need the token.
 * Manually written parts (summaries, parameters, responses) are kept from the existing file.
 * {@code -Dboxwall.rewrite=true} writes it again.
 */
class OpenApiTest {
    private static final Path FILE = Path.of("src/main/resources/boxwall/http/openapi.json");
    private static final int MAX_BYTES = 20 * 1024;

    @Test
    void documentAgreesWithTableOfRoutes() throws IOException {
        String current = Files.readString(FILE);
        String generated = generated(Json.parse(current).asObject());
        if (Boolean.getBoolean("boxwall.rewrite")) { Files.writeString(FILE, generated); }
        assertEquals(generated, current);
        assertTrue(generated.length() <= MAX_BYTES, generated.length() + " bytes");
    }

    private static String generated(JsonObject old) {
        JsonObject paths = new JsonObject();
        for (Route route : Route.values()) {
            String path = route.path.replace("/ID", "/{id}").replace("/N", "/{number}");
            JsonObject methods = paths.get(path) == null ? new JsonObject() : paths.get(path).asObject();
            JsonValue before = old.get("paths").asObject().get(path);
            methods.set(route.method.toLowerCase(),
                    operation(route, path, before == null ? null : before.asObject().get(route.method.toLowerCase())));
            paths.set(path, methods);
        }
        return lines(new JsonObject(old).set("paths", paths), 3) + "\n";
    }

    private static JsonObject operation(Route route, String path, JsonValue old) {
        assertTrue(old != null, route + " has no entry in " + FILE);
        JsonObject before = old.asObject();
        JsonObject operation = new JsonObject().add("summary", before.get("summary"));
        boolean open = route.needs(Route.Need.NO_TOKEN);
        if (open) {
            // /status returns more with the token
            operation.add("security", new JsonArray().add(new JsonObject()));
            if (route == Route.STATUS) {
                operation.get("security").asArray().add(new JsonObject().add("token", new JsonArray()));
            }
        }
        JsonArray parameters = new JsonArray();
        if (path.endsWith("}")) {
            String name = path.substring(path.indexOf('{') + 1, path.length() - 1);
            parameters.add(new JsonObject().add("name", name).add("in", "path").add("required", true).add("schema",
                    new JsonObject().add("type", "string")));
        }
        List<String> names = new ArrayList<>();
        for (JsonValue parameter : before.get("parameters") == null ? new JsonArray()
                : before.get("parameters").asArray()) {
            String in = parameter.asObject().getString("in", "");
            if (!in.equals("path")) { parameters.add(parameter); }
            if (in.equals("query")) { names.add(parameter.asObject().getString("name", "")); }
        }
        // the keys of a packet are one parameter in the document
        assertEquals(route == Route.EXPLAIN ? List.of("packet") : route.parameters, names, route.toString());
        if (!parameters.isEmpty()) { operation.add("parameters", parameters); }
        if (route.needs(Route.Need.TEXT)) {
            operation.add("requestBody",
                    Json.parse("{\"required\":true,\"content\":{\"text/plain\":{\"schema\":{\"type\":\"string\"}}}}"));
        }
        JsonObject responses = new JsonObject();
        for (JsonObject.Member response : before.get("responses").asObject()) {
            if (response.getName().startsWith("2") || response.getName().startsWith("3")) {
                responses.add(response.getName(), response.getValue());
            }
        }
        return operation.add("responses", responses);
    }

    /** Writes a line for each member of the outer objects. */
    private static String lines(JsonValue value, int depth) {
        if (depth == 0 || !value.isObject()) { return value.toString(); }
        StringBuilder text = new StringBuilder();
        for (JsonObject.Member member : value.asObject()) {
            text.append(text.length() == 0 ? "{" : ",").append('\n').append(Json.value(member.getName())).append(": ")
                    .append(lines(member.getValue(), depth - 1));
        }
        return text.append('}').toString();
    }
}
