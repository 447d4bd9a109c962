using System.Text.Json;
using Evergrant.Accounts;
using Evergrant.Cli;
using Evergrant.Hosting;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Trust;

namespace Evergrant.Declared;

/// <summary>What a file declares, judged: policies, clients, trusted issuers, users, scopes and resources as they shall be. A list that the file leaves out is null and stays as it is.</summary>
/// <param name="Resources">APIs.</param>
/// <param name="Scopes">Scope values that belong to no API.</param>
/// <param name="Policies">Named token policies.</param>
/// <param name="Clients">Clients; those that exist keep their secrets.</param>
/// <param name="Trusted">Whose assertions are believed.</param>
/// <param name="Users">Accounts.</param>
/// <param name="Prune">Whether what is not in a list that the file has is removed.</param>
internal sealed record DeclaredState(
    IReadOnlyList<ApiResource>? Resources, IReadOnlyList<ScopeDescription>? Scopes, IReadOnlyList<PolicyDocument>? Policies, IReadOnlyList<Client>? Clients,
    IReadOnlyList<TrustedIssuer>? Trusted, IReadOnlyList<DeclaredAccount>? Users, bool Prune)
{
    /// <summary>Reads and judges a file.</summary>
    /// <param name="utf8">Its content.</param>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="operations">The server it is for.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <exception cref="UnusableException">It is faulty; all faults at once, each with its path.</exception>
    public static async Task<DeclaredState> ReadAsync(ReadOnlyMemory<byte> utf8, string name, Operations operations, CancellationToken cancellationToken)
    {
        using JsonDocument document = Parse(utf8, name);
        var faults = new List<string>();
        DeclaredState state = await new DeclaredReader(operations, faults).ReadAsync(document.RootElement, cancellationToken);
        return faults.Count > 0 ? throw new UnusableException($"{name} cannot be used:", faults) : state;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        if (!System.Text.Unicode.Utf8.IsValid(utf8.Span) || StrictJson.HidesLoneSurrogate(utf8.Span)) throw new UnusableException($"{name} cannot be used: a text in it is not Unicode");
        try
        {
            return JsonDocument.Parse(utf8, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new UnusableException($"{name} cannot be used: " + (e.LineNumber is { } line ? $"line {line + 1} is not JSON, or has a member for the second time" : "it is not JSON, or an object has a member twice"));
        }
    }
}
