using Evergrant.Fire.Clients;
using Evergrant.Fire.History;

namespace Evergrant.Fire.Storms;

/// <summary>A grant as its client holds it, with the history of what was asked about it.</summary>
internal sealed class HeldGrant(FireClient client, GrantHistory history)
{
    /// <summary>Number of tokens that are remembered for thieves.</summary>
    private const int Remembered = 6;

    private readonly List<string> _tokens = [];

    /// <summary>A grant that begins with a code.</summary>
    public static HeldGrant Of(FireClient client, PendingCode code, int number) => new(client, new GrantHistory(number, client.Rules) { Root = TokenHash.Of(code.Code) }) { Code = code };

    /// <summary>The client.</summary>
    public FireClient Client => client;

    /// <summary>What was asked and answered.</summary>
    public GrantHistory History => history;

    /// <summary>The code, to be redeemed or redeemed before.</summary>
    public PendingCode Code { get; init; }

    /// <summary>The newest access token; null before the first.</summary>
    public string? AccessToken { get; set; }

    /// <summary>Refusals since the last success: the family is dead, or will be found so.</summary>
    public int Refused { get; set; }

    /// <summary>The newest refresh token that the client knows; null before the first.</summary>
    public string? Newest => _tokens.Count > 0 ? _tokens[^1] : null;

    /// <summary>An older token; null when there is none so old.</summary>
    public string? Older(int by) => _tokens.Count > by ? _tokens[^(1 + by)] : null;

    /// <summary>Takes a successor.</summary>
    public void Learn(string token)
    {
        if (_tokens.Contains(token)) return;
        _tokens.Add(token);
        if (_tokens.Count > Remembered) _tokens.RemoveAt(0);
    }
}
