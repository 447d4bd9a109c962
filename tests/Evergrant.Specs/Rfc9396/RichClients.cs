using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Rfc9396;

/// <summary>The bank of the tests about authorization_details, and its clients.</summary>
public static class RichClients
{
    /// <summary>An API that is asked in detail.</summary>
    public const string Bank = "https://bank.example/api";

    /// <summary>Its name for people.</summary>
    public const string BankName = "First Example Bank";

    /// <summary>A payment.</summary>
    public const string Payment = """{"type":"payment","actions":["initiate","status"],"amount":{"currency":"EUR","value":"123.50"},"creditor":"Merchant <b>A</b>"}""";

    /// <summary>A look at an account.</summary>
    public const string Account = """{"type":"account","actions":["balances"],"locations":["https://bank.example/api"],"identifier":"DE02"}""";

    /// <summary>What the bank understands.</summary>
    public static JsonArray Types => (JsonArray)JsonNode.Parse(
        """
        [
          { "type": "payment", "description": "Pay from your account", "fields": [
            { "name": "actions", "kind": "texts", "values": ["initiate", "status", "cancel"] },
            { "name": "amount", "kind": "members", "required": true },
            { "name": "creditor", "kind": "text", "required": true },
            { "name": "urgent", "kind": "flag" }, { "name": "times", "kind": "number" } ] },
          { "type": "account", "fields": [ { "name": "actions" }, { "name": "identifier" } ] }
        ]
        """)!;

    /// <summary>Asks; may have tokens for the bank and the Mail API.</summary>
    public static ClientDefinition Shop { get; } = new("rar-shop") { Consent = "ask", Resources = [DeclaredState.Mail, Bank], GrantTypes = ["authorization_code", "refresh_token", "client_credentials"] };

    /// <summary>May look at accounts and no more; consent is implied.</summary>
    public static ClientDefinition Looking { get; } = Shop with { Id = "rar-looking", Consent = "implied", Further = Pushing.Members(("authorization_details_types", new JsonArray("account"))) };

    /// <summary>Gets opaque tokens.</summary>
    public static ClientDefinition Opaque { get; } = Shop with { Id = "rar-opaque", Consent = "implied", AccessTokenFormat = "opaque" };

    /// <summary>A device that pays.</summary>
    public static ClientDefinition Terminal { get; } = Rfc8628.DeviceClients.Gateway with { Id = "rar-terminal", Resources = [DeclaredState.Mail, Bank] };

    /// <summary>A desk that asks for payments over the back channel.</summary>
    public static ClientDefinition Desk { get; } = Ciba.CibaClients.CallCentre with { Id = "rar-desk", Resources = [DeclaredState.Mail, Bank] };

    /// <summary>The bank's API as it looks at tokens.</summary>
    public static ClientDefinition BankApi { get; } = Clients.Machine with { Id = "bank-api", Introspect = true, Scope = "mail:read", Resources = [Bank] };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Shop, Looking, Opaque, Terminal, Desk, BankApi];
}
