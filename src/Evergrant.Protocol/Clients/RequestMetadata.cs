using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Authorize;

namespace Evergrant.Protocol.Clients;

/// <summary>The members of client metadata about authorization requests and their answers: pushed and signed requests, what is asked in detail, response modes.</summary>
internal static class RequestMetadata
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Members { get; } =
    [
        "require_pushed_authorization_requests", "unregistered_redirect_uris", "require_signed_request_object", "request_object_signing_alg", "merge_request_object", "request_uris",
        "request_object_encryption_alg", "request_object_encryption_enc", "authorization_details_types", "response_modes", "authorization_signed_response_alg",
        "authorization_encrypted_response_alg", "authorization_encrypted_response_enc",
    ];

    /// <summary>The client with these members.</summary>
    public static Client Read(JsonMembers read, ClientRegistrationContext context, Client client)
    {
        client = client with
        {
            RequirePushedAuthorizationRequests = read.Flag("require_pushed_authorization_requests") ?? false,
            UnregisteredRedirectUris = read.Flag("unregistered_redirect_uris") ?? false,
            RequireSignedRequestObject = read.Flag("require_signed_request_object") ?? false,
            RequestObjectSigningAlg = ClientMetadata.Algorithm(read, "request_object_signing_alg", RequestObjects.Algorithms),
            MergesRequestObject = read.Flag("merge_request_object") ?? false,
            RequestUris = Among(read, "request_uris", "is not an https URL", uri => ClientMetadata.IsFetchable(uri.Split('#')[0], context.AllowLoopback)),
            DetailsTypes = Among(read, "authorization_details_types", "is a type that no resource declares", type => context.Catalogue.OwnerOfDetails(type) is not null),
            ResponseModes = Among(read, "response_modes", "is not offered", AuthorizeTarget.ModeNames.Contains),
            AuthorizationSignedResponseAlg = ClientMetadata.Algorithm(read, "authorization_signed_response_alg"),
            AuthorizationEncryption = EncryptionChoice.Read(read, "authorization", client.Jwks, client.JwksUri),
            RequestObjectEncryption = EncryptionChoice.ReadOfRequests(read),
        };
        if (client.IsFapi) client = FapiProfile.Apply(client, read);
        if (client.UnregisteredRedirectUris && client.IsPublic) read.Fault("unregistered_redirect_uris", "cannot be given to a public client (RFC 9126 section 2.4)");
        if (client.RequireSignedRequestObject && client.RequestObjectSigningAlg == RequestObject.Unsecured) read.Fault("request_object_signing_alg", "is none, though require_signed_request_object is true (RFC 9101 section 10.5)");
        return client;
    }

    /// <summary>Writes them; those with the built-in value are left out.</summary>
    public static void Write(Client client, JsonObject json)
    {
        if (client.RequirePushedAuthorizationRequests) json["require_pushed_authorization_requests"] = true;
        if (client.UnregisteredRedirectUris) json["unregistered_redirect_uris"] = true;
        if (client.RequireSignedRequestObject) json["require_signed_request_object"] = true;
        if (client.RequestObjectSigningAlg is { } requested) json["request_object_signing_alg"] = requested;
        if (client.MergesRequestObject) json["merge_request_object"] = true;
        List("request_uris", client.RequestUris);
        List("authorization_details_types", client.DetailsTypes);
        List("response_modes", client.ResponseModes);
        if (client.AuthorizationSignedResponseAlg is { } answered) json["authorization_signed_response_alg"] = answered;
        Encrypted("authorization_encrypted_response", client.AuthorizationEncryption);
        Encrypted("request_object_encryption", client.RequestObjectEncryption);

        void Encrypted(string what, EncryptionChoice? choice)
        {
            if (choice is null) return;
            json[what + "_alg"] = choice.Algorithm;
            json[what + "_enc"] = choice.ContentAlgorithm;
        }

        void List(string name, IReadOnlyList<string> values)
        {
            if (values.Count > 0) json[name] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
        }
    }

    private static IReadOnlyList<string> Among(JsonMembers read, string name, string fault, Func<string, bool> good)
    {
        IReadOnlyList<string> values = read.Texts(name) ?? [];
        foreach (string value in values.Where(v => !good(v))) read.Fault(name, $"{value} {fault}");
        return values;
    }
}
