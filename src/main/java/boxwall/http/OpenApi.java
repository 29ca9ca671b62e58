package boxwall.http;

import boxwall.report.Resource;

/** GET /openapi.json: the API as OpenAPI 3 has it, from the jar. */
final class OpenApi {
    private OpenApi() {
    }

    static Reply reply() {
        return Reply.json(200, Resource.text("/boxwall/http/openapi.json"));
    }
}
