using System.Globalization;
using System.Text;

namespace Evergrant.Accounts;

/// <summary>What a user name may be, and when two are the same.</summary>
/// <remarks>Names are the same when they are equal after upper-casing invariantly (simple case mapping, whatever the machine's culture). They are not normalised
/// otherwise: characters that cannot be seen are refused at creation instead.</remarks>
internal static class UserNames
{
    /// <summary>Longest name in characters.</summary>
    public const int MaxLength = 256;

    /// <summary>The form that is unique among accounts. White space at the ends, which no name has, is forgiven.</summary>
    public static string Normalize(string userName) => userName.Trim().ToUpperInvariant();

    /// <summary>What is wrong with a new name, as a sentence; null when nothing is.</summary>
    public static string? FaultOf(string userName)
    {
        if (userName.Length is 0 or > MaxLength) return $"A user name has 1 to {MaxLength} characters.";
        if (userName.Trim() != userName) return "A user name neither begins nor ends with white space.";
        foreach (Rune rune in userName.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
                UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned)
            {
                return "A user name has no control characters and no characters that cannot be seen.";
            }
        }
        return null;
    }
}
