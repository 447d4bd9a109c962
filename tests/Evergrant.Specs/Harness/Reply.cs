using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>An answer of an endpoint that programs call. Its text form names status and error, never a token.</summary>
public sealed class Reply(int status, HttpResponseHeaders headers, HttpContentHeaders contentHeaders, string body)
{
    private JsonElement? json;

    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>The body as text.</summary>
    public string Body => body;

    /// <summary>The media type without parameters; null without a body.</summary>
    public string? MediaType => contentHeaders.ContentType?.MediaType;

    /// <summary>The body as JSON; fails the test when it is none.</summary>
    public JsonElement Json
    {
        get
        {
            if (json is { } known) return known;
            try
            {
                using var parsed = JsonDocument.Parse(body);
                json = parsed.RootElement.Clone();
            }
            catch (JsonException)
            {
                Assert.Fail($"Not JSON: {status} {MediaType}, {body.Length} characters");
            }

            return json!.Value;
        }
    }

    /// <summary>The <c>error</c> member, or null.</summary>
    public string? Error => Text("error");

    /// <summary>A header's values joined as HTTP does; null when absent.</summary>
    public string? Header(string name)
    {
        if (headers.TryGetValues(name, out var values) || contentHeaders.TryGetValues(name, out values)) return string.Join(", ", values);
        return null;
    }

    /// <summary>All headers of the answer.</summary>
    public IEnumerable<KeyValuePair<string, IEnumerable<string>>> Headers => headers.Concat(contentHeaders);

    /// <summary>A string member of the body; null when the body is no JSON object, lacks it, or holds another type there.</summary>
    public string? Text(string member)
    {
        if (!body.StartsWith('{')) return null;
        return Json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    /// <summary>Whether the JSON body has this member.</summary>
    public bool Has(string member) => Json.TryGetProperty(member, out _);

    /// <summary>Fails the test unless the status is this.</summary>
    public Reply Expect(int expected)
    {
        Assert.True(status == expected, $"Expected {expected}, got {this}");
        return this;
    }

    /// <summary>Fails the test unless the answer is this error, as JSON with <c>error</c>.</summary>
    public Reply Expect(int expected, string error)
    {
        Assert.True(status == expected && Error == error, $"Expected {expected} {error}, got {this}");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var error = Error;
        return error is null ? $"{status} {MediaType}" : $"{status} {error}: {Text("error_description")}";
    }

    /// <summary>Reads an answer in full.</summary>
    public static async Task<Reply> Read(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        return new Reply((int)response.StatusCode, response.Headers, response.Content.Headers, body);
    }
}
