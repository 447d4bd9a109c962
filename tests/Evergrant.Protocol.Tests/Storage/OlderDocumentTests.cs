using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Tests.Storage;

/// <summary>A stored document of before a member was there is read as if the member had been left alone.</summary>
public class OlderDocumentTests
{
    private static readonly StoredJson Json = new(new JsonSerializerOptions(StoredJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never });

    [Fact]
    public void A_client_of_before_a_member_was_there_has_its_usual_value() => AssertUsual(new Client { Issuer = "https://op.example", ClientId = "c" }, Json.Client,
        // These stood in the documents of the first version.
        ["issuer", "client_id", "authentication_method", "secret_hashes", "redirect_uris", "post_logout_redirect_uris", "grant_types", "response_types", "scopes", "resources", "allowed_origins", "require_pkce", "claims_in_id_token"]);

    [Fact]
    public void A_resource_of_before_a_member_was_there_has_its_usual_value() => AssertUsual(new ApiResource { Identifier = "https://api.example" }, Json.ApiResource, ["identifier", "scopes"]);

    [Fact]
    public void What_was_authorized_before_a_member_was_there_has_its_usual_value() => AssertUsual(new Authorized { Scope = "openid", Policy = "c" }, Json.Authorized, ["scope", "policy", "resources"]);

    private static void AssertUsual<T>(T usual, JsonTypeInfo<T> type, string[] always)
    {
        string whole = JsonSerializer.Serialize(usual, type);
        string[] members = [.. JsonNode.Parse(whole)!.AsObject().Select(m => m.Key)];
        Assert.Empty(always.Except(members));
        foreach (string member in members.Except(always))
        {
            JsonObject older = JsonNode.Parse(whole)!.AsObject();
            older.Remove(member);
            Assert.Equal(whole, JsonSerializer.Serialize(JsonSerializer.Deserialize(older.ToJsonString(), type)!, type));
        }
    }
}
