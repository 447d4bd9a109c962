using System.Security.Cryptography;

namespace Evergrant.AspNetCore;

/// <summary>Makes the short references under which an operator finds an event.</summary>
public static class EventReference
{
    // Crockford's digits: none is taken for another one when read aloud.
    private const string Digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new reference of 40 random bits, e.g. 7F3K-9Q2M.</summary>
    public static string Create() => RandomNumberGenerator.GetString(Digits, 4) + "-" + RandomNumberGenerator.GetString(Digits, 4);
}
