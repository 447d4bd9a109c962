using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Protocol.Tests.Policies;

public class PolicyDocumentTests
{
    private static IReadOnlyList<string> FaultsOf(string json, bool? isPublic = null)
    {
        var faults = new List<string>();
        PolicyDocument.Parse(JsonDocument.Parse(json).RootElement, "", faults, isPublic);
        return faults;
    }

    [Fact]
    public void Text_that_is_no_text_is_a_fault_and_throws_nothing()
    {
        foreach (byte[] json in new byte[][] { [.. "{\"name\":\""u8, 0xff, .. "\"}"u8], [.. "{\"na\\ud800\":1}"u8], [.. "{\"name\":\"a\",\"name\":\"b\"}"u8] })
        {
            var faults = new List<string>();
            Assert.Null(PolicyDocument.Parse(JsonDocument.Parse(json).RootElement, "", faults, null));
            Assert.Contains("valid text", Assert.Single(faults), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("[]", "policy")]
    [InlineData("{}", "name")]
    [InlineData("""{"name":"public"}""", "name")]
    [InlineData("""{"name":"public-browser"}""", "name")]
    [InlineData("""{"name":"confidential"}""", "name")]
    [InlineData("""{"name":"a b"}""", "name")]
    [InlineData("""{"name":"x","rotated":true}""", "rotated")]
    [InlineData("""{"name":"x","rotate":"yes"}""", "rotate")]
    [InlineData("""{"name":"x","idle_lifetime":"14 days"}""", "idle_lifetime")]
    [InlineData("""{"name":"x","retry":"02:00:00"}""", "retry")]
    [InlineData("""{"name":"x","retry_uses":16}""", "retry_uses")]
    [InlineData("""{"name":"x","on_replay":"kill"}""", "on_replay")]
    [InlineData("""{"name":"x","refresh_token_grants":["implicit"]}""", "refresh_token_grants")]
    [InlineData("""{"name":"x","access_token_lifetime_by_grant":{"implicit":"01:00:00"}}""", "access_token_lifetime_by_grant.implicit")]
    [InlineData("""{"name":"x","limits":{}}""", "limits")]
    [InlineData("""{"name":"x","limits":[{"subject":"family","overflow":"reject"}]}""", "limits[0].max")]
    [InlineData("""{"name":"x","limits":[{"subject":"family","max":0}]}""", "limits[0].max")]
    [InlineData("""{"name":"x","limits":[{"subject":"family","max":1,"per":["client"]}]}""", "limits[0].per")]
    [InlineData("""{"name":"x","limits":[{"subject":"family","max":1,"per":["refresh_token"]}]}""", "limits[0].per")]
    [InlineData("""{"name":"x","limits":[{"subject":"access_token","max":1,"per":["refresh_token"],"overflow":"return_active"}]}""", "limits[0].overflow")]
    [InlineData("""{"name":"x","issue_rate":{"max":1}}""", "issue_rate.window")]
    [InlineData("""{"name":"x","overrides":[{"set":{}}]}""", "overrides[0].when")]
    [InlineData("""{"name":"x","overrides":[{"when":{"client_type":"spa"},"set":{}}]}""", "overrides[0].when.client_type")]
    [InlineData("""{"name":"x","overrides":[{"when":{"param":{"a":1}},"set":{}}]}""", "overrides[0].when.param")]
    [InlineData("""{"name":"x","overrides":[{"when":{},"set":{"rotate":1}}]}""", "overrides[0].set.rotate")]
    [InlineData("""{"name":"x","overrides":[{"when":{},"set":{"overrides":[]}}]}""", "overrides[0].set.overrides")]
    [InlineData("""{"name":"x","access_token_lifetime":null,"access_token_format":"jwt"}""", "access_token_lifetime")]
    [InlineData("""{"name":"x","access_token_lifetime_most":"00:01:00"}""", "access_token_lifetime_most")]
    [InlineData("""{"name":"x","previous_access_token":"revoke_all"}""", "previous_access_token")]
    [InlineData("""{"name":"x","rotate":false,"predecessor":"stays_valid"}""", "predecessor")]
    [InlineData("""{"name":"x","idle_lifetime":null,"idle_grace":"00:01:00"}""", "idle_grace")]
    [InlineData("""{"name":"x","rotate":false,"inherits_absolute_lifetime":false}""", "inherits_absolute_lifetime")]
    public void What_cannot_be_meant_is_a_fault_that_names_its_member(string json, string member) =>
        Assert.StartsWith(member + " ", Assert.Single(FaultsOf(json)), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"rotate":false}""", "rotate")]
    [InlineData("""{"predecessor":"stays_valid"}""", "predecessor")]
    [Requirement("RFC9700-2.2.2-01")]
    public void A_public_client_keeps_a_bearer_token_only_where_the_operator_says_so(string json, string member)
    {
        Assert.StartsWith(member + " ", Assert.Single(FaultsOf(json, isPublic: true)), StringComparison.Ordinal);
        Assert.Empty(FaultsOf(json.Replace("}", ",\"public_without_rotation\":true}", StringComparison.Ordinal), isPublic: true));
        Assert.Empty(FaultsOf(json, isPublic: false));
    }

    [Fact]
    public void A_policy_that_says_everything_is_what_it_was_made_from()
    {
        foreach (GrantPolicy policy in (GrantPolicy[])[.. GrantPolicy.BuiltIn, StoredPolicyTests.Full])
        {
            Client client = Sample.Web with { Policy = policy };
            foreach (Knob knob in Knob.All) Assert.Equal(knob.ValueIn(policy)?.ToJsonString(), knob.ValueIn(client.EffectivePolicy)?.ToJsonString());
            Assert.Equal(policy.Name, client.EffectivePolicy.Name);
        }
    }

    [Fact]
    public void Knobs_have_names_of_their_own_and_words() =>
        Assert.Equal(Knob.All.Count, Knob.All.Where(k => k.Meaning.Length > 10 && k.Values.Length > 3 && Knob.Find(k.Name) == k).Select(k => k.Name).Distinct().Count());
}
