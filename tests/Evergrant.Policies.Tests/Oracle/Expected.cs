namespace Evergrant.Policies.Tests.Oracle;

/// <summary>What the token endpoint is expected to answer.</summary>
/// <param name="Error">The error; null for tokens.</param>
/// <param name="Refresh">The refresh token: "new", "none", or the text of one that was handed out before.</param>
/// <param name="Issued">From when the access token lives.</param>
/// <param name="Family">Whose tokens they are.</param>
/// <param name="Serial">Serial of the access token.</param>
internal sealed record Expected(string? Error, string Refresh = "none", DateTimeOffset Issued = default, Family? Family = null, int Serial = 0)
{
    public static Expected Refused(string error) => new(error);
}
