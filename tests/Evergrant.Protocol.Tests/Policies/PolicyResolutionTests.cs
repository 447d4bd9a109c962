using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Protocol.Tests.Policies;

public class PolicyResolutionTests
{
    private static readonly PolicySet Declared = new(
        [
            Document("""{"name":"server","idle_lifetime":"1.00:00:00","code_lifetime":"00:00:10"}"""),
            Document("""{"name":"issuer","idle_lifetime":"2.00:00:00","overrides":[{"name":"testing","reason":"it is tested","when":{"client_flag":"testing"},"set":{"absolute_lifetime":"7.00:00:00"}},{"when":{"scope_any":["extra"]},"set":{"absolute_lifetime":null}}]}"""),
            Document("""{"name":"base","access_token_lifetime":"00:20:00","rotate":false}"""),
            Document("""{"name":"derived","extends":"base","on_replay":"reject"}"""),
            Document("""{"name":"circle","extends":"round"}"""), Document("""{"name":"round","extends":"circle"}"""),
        ], "server", new Dictionary<string, string> { [Sample.Issuer] = "issuer" });

    private static PolicyDocument Document(string json, bool? isPublic = null)
    {
        var faults = new List<string>();
        PolicyDocument document = PolicyDocument.Parse(JsonDocument.Parse(json).RootElement, "", faults, isPublic)!;
        Assert.Empty(faults);
        return document;
    }

    private static EffectivePolicy Resolve(Client client, Dictionary<Knob, KnobOrigin>? origins = null, params string[] scopes) =>
        PolicyResolution.Resolve(new PolicyFacts(client with { Policies = Declared }, "authorization_code", scopes, _ => null, false), origins);

    [Fact]
    public void What_a_layer_makes_of_the_same_policy_is_made_once()
    {
        Client one = Sample.Web with { Policy = Document("""{"idle_lifetime":"1.00:00:00"}""", false) };
        GrantPolicy Of(Client client) => PolicyResolution.Resolve(new PolicyFacts(client, "authorization_code", [], _ => null, false)).Policy;
        Assert.Same(Of(one), Of(one));
        // On top of another one, or in another client, it is another outcome.
        Client open = Sample.Native with { Policy = one.Policy };
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromDays(1)), (Of(one).IdleLifetime, Of(open).IdleLifetime));
        Assert.Equal((null, 3), (Of(one).RetryBudget, Of(open).RetryBudget));
        Assert.Equal(("client:other", Of(one).Name), (Of(one with { ClientId = "other" }).Name, "client:" + one.ClientId));
        Assert.Same(Of(open), Of(open));
        Client overridden = Sample.Web with { Policy = Document("""{"name":"o","overrides":[{"when":{"client_type":"confidential"},"set":{"idle_lifetime":"2.00:00:00"}}]}""") };
        Assert.Equal(TimeSpan.FromDays(2), Of(overridden).IdleLifetime);
        Assert.Same(Of(overridden), Of(overridden));
    }

    [Fact]
    public void Without_any_policy_the_built_in_object_itself_holds()
    {
        Assert.Same(GrantPolicy.Confidential, PolicyResolution.Resolve(new PolicyFacts(Sample.Web, "authorization_code", [], _ => null, false)).Policy);
        Assert.Same(GrantPolicy.Public, Sample.Native.EffectivePolicy);
    }

    [Fact]
    [Requirement("BBA-6.3.2.3-04")]
    public void A_public_client_in_a_browser_has_a_built_in_policy_of_its_own()
    {
        static GrantPolicy Of(Client client) => PolicyResolution.Resolve(new PolicyFacts(client, "authorization_code", [], _ => null, false)).Policy;
        Assert.Same(GrantPolicy.PublicBrowser, Of(Sample.Page));
        Assert.Same(GrantPolicy.PublicBrowser, Sample.Page.EffectivePolicy);
        // What was resolved before does not go along with a copy that is of another type.
        foreach (ApplicationType other in (ApplicationType[])[ApplicationType.Native, ApplicationType.Web]) Assert.Same(GrantPolicy.Public, (Sample.Page with { ApplicationType = other }).EffectivePolicy);
        Assert.Same(GrantPolicy.PublicBrowser, (Sample.Native with { ApplicationType = ApplicationType.Browser }).EffectivePolicy);
        Client proven = Sample.Page with { AuthenticationMethod = ClientAuthenticationMethod.PrivateKeyJwt };
        Assert.Same(GrantPolicy.Confidential, Of(proven));
        Assert.Same(GrantPolicy.Confidential, proven.EffectivePolicy);
        // It is at the bottom: layers change what they speak of, in their order.
        Assert.Equal((TimeSpan.FromDays(2), TimeSpan.FromSeconds(10)), Facts(Resolve(Sample.Page)));
        Assert.Equal((TimeSpan.FromDays(14), null), Facts(Resolve(Sample.Page with { Policy = Document("""{"extends":"base","retry_uncounted":null}""", true) })));
        Assert.Equal((TimeSpan.FromDays(14), TimeSpan.FromSeconds(10)), Facts(Resolve(Sample.Page with { Policy = Document("\"derived\"", true) })));

        static (TimeSpan?, TimeSpan?) Facts(EffectivePolicy effective) => (effective.Policy.IdleLifetime, effective.Policy.RetryUncounted);
    }

    [Fact]
    public void What_authorizations_of_a_client_may_come_to_live_by_is_told()
    {
        PolicyDocument policy = Document("""
            {"name":"p","overrides":[{"name":"always","when":{"client_type":"browser"},"set":{"idle_lifetime":"1.00:00:00"}},{"name":"never","when":{"client_type":"native"},"set":{"retry_uses":1}},
            {"name":"unflagged","when":{"client_flag":"x"},"set":{"retry_uses":2}},{"name":"ungranted","when":{"grant":"client_credentials"},"set":{"retry_uses":3}},
            {"name":"some","when":{"grant":"authorization_code","scope_any":["a"]},"set":{"retry_uncounted":null}},{"name":"other","when":{"event":"consent"},"set":{"retry_budget":1}}]}
            """);
        Assert.Equal([("p/always", 10.0, 3), ("p/always p/some", null, 3), ("p/always p/other", 10.0, 1)],
            PolicyResolution.Outcomes(Sample.Page with { Policy = policy }).Select(o => (o.Overrides, o.Policy.RetryUncounted?.TotalSeconds, o.Policy.RetryBudget!.Value)));
        Assert.Same(GrantPolicy.PublicBrowser, Assert.Single(PolicyResolution.Outcomes(Sample.Page)).Policy);
    }

    [Fact]
    public void Each_layer_has_the_last_word_on_the_knobs_that_it_sets()
    {
        Assert.Equal(("issuer", 2.0, 10.0, ""), Facts(Resolve(Sample.Web)));
        Assert.Equal(("server", 1.0, 10.0, ""), Facts(Resolve(Sample.Web with { Issuer = "https://other.example" })));
        Assert.Equal(("client:web", 3.0, 10.0, ""), Facts(Resolve(Sample.Web with { Policy = Document("""{"idle_lifetime":"3.00:00:00"}""", false) })));

        static (string, double, double, string) Facts(EffectivePolicy effective) => (effective.Policy.Name, effective.Policy.IdleLifetime!.Value.TotalDays, effective.Policy.CodeLifetime.TotalSeconds, effective.Overrides);
    }

    [Fact]
    public void A_policy_that_extends_another_stands_on_that_one_alone()
    {
        GrantPolicy policy = Resolve(Sample.Web with { Policy = Document("\"derived\"", false) }).Policy;
        Assert.Equal(("derived", false, ReplayReaction.Reject, TimeSpan.FromMinutes(20), TimeSpan.FromDays(14)), (policy.Name, policy.Rotate, policy.OnReplay, policy.AccessTokenLifetime, policy.IdleLifetime));
        policy = Resolve(Sample.Web with { Policy = Document("""{"extends":"derived","rotate":true}""", false) }).Policy;
        Assert.Equal(("client:web", true, ReplayReaction.Reject), (policy.Name, policy.Rotate, policy.OnReplay));
    }

    [Fact]
    public void Of_overrides_that_hold_the_last_one_wins_and_all_are_recorded()
    {
        Client testing = Sample.Web with { Flags = ["testing", "other"] };
        Assert.Equal((TimeSpan.FromDays(90), ""), Facts(Resolve(Sample.Web)));
        Assert.Equal((TimeSpan.FromDays(7), "issuer/testing"), Facts(Resolve(testing)));
        Assert.Equal((null, "issuer/testing issuer/#2"), Facts(Resolve(testing, null, "extra")));
        Assert.Equal((TimeSpan.FromDays(3), "issuer/testing issuer/#2"), Facts(Resolve(testing with { Policy = Document("""{"absolute_lifetime":"3.00:00:00"}""", false) }, null, "extra")));

        static (TimeSpan?, string) Facts(EffectivePolicy effective) => (effective.Policy.AbsoluteLifetime, effective.Overrides);
    }

    [Fact]
    public void Where_each_value_comes_from_is_said()
    {
        var origins = new Dictionary<Knob, KnobOrigin>();
        Resolve(Sample.Native with { Flags = ["testing"], Policy = Document("""{"access_token_format":"opaque"}""", true) }, origins);
        Assert.Equal(Knob.All.Count, origins.Count);
        Assert.Equal(new KnobOrigin("policy issuer override testing", "it is tested"), origins[Knob.Find("absolute_lifetime")!]);
        Assert.Equal(("policy issuer", "policy server", "client native", "built in"), (From("idle_lifetime"), From("code_lifetime"), From("access_token_format"), From("rotate")));
        Resolve(Sample.Native with { Policy = Document("\"base\"", true) }, origins);
        Assert.Equal("rule", From("rotate"));

        string From(string knob) => origins[Knob.Find(knob)!].Source;
    }

    [Fact]
    [Requirement("RFC9700-2.2.2-01")]
    public void A_policy_that_does_not_rotate_rotates_for_a_public_client_unless_it_says_so()
    {
        Client client = Sample.Native with { Policies = Declared, Policy = Document("\"base\"", true) };
        Assert.True(client.EffectivePolicy.Rotate);
        Assert.True(client.EffectivePolicy.RotatesFor(client));
        client = client with { Policy = Document("""{"extends":"base","public_without_rotation":true}""", true) };
        Assert.False(client.EffectivePolicy.RotatesFor(client));
    }

    [Fact]
    public void Names_that_nothing_has_and_circles_are_faults_and_do_no_harm()
    {
        Assert.Equal(["the policy circle extends itself", "the policy round extends itself"], Declared.Faults());
        Assert.Equal(["the server's policy x is not declared", "the policy y of i is not declared", "the policy a extends b, which is not declared"],
            new PolicySet([Document("""{"name":"a","extends":"b"}""")], "x", new Dictionary<string, string> { ["i"] = "y" }).Faults());
        Assert.Equal(14, Resolve(Sample.Web with { Policy = Document("\"circle\"", false) }).Policy.IdleLifetime!.Value.TotalDays);
        Assert.Equal(14, Resolve(Sample.Web with { Policy = Document("\"nowhere\"", false) }).Policy.IdleLifetime!.Value.TotalDays);
    }

    [Fact]
    public void A_life_by_grant_type_holds_for_that_type_only()
    {
        Client client = Sample.Web with { Policy = Document("""{"access_token_lifetime_by_grant":{"client_credentials":"01:00:00"}}""", false) };
        Assert.Equal(60, PolicyResolution.Resolve(new PolicyFacts(client, "client_credentials", [], _ => null, false)).Policy.AccessTokenLifetime!.Value.TotalMinutes);
        Assert.Equal(5, PolicyResolution.Resolve(new PolicyFacts(client, "authorization_code", [], _ => null, false)).Policy.AccessTokenLifetime!.Value.TotalMinutes);
    }
}
