using System.Text;

namespace Evergrant.Accounts;

/// <summary>What a new password may be. Every character counts as it was typed: nothing is trimmed, folded or normalised.</summary>
/// <remarks>Length is all that is asked (NIST SP 800-63B section 3.1.1.2: no composition rules), beyond a list of the passwords that are tried first.</remarks>
internal static class PasswordRules
{
    /// <summary>Fewest characters; 15 or more are better.</summary>
    public const int MinLength = 8;

    /// <summary>Most bytes of UTF-8: hashing more would be work for nothing.</summary>
    public const int MaxBytes = 1024;

    private static readonly Lazy<HashSet<string>> Common = new(ReadCommon);

    /// <summary>What is wrong with a new password, as a sentence; null when nothing is.</summary>
    /// <param name="password">The password.</param>
    /// <param name="userName">The account's name, which is no password.</param>
    public static string? FaultOf(string password, string userName)
    {
        if (password.Length < MinLength) return $"A password has at least {MinLength} characters; 15 or more are better.";
        if (IsTooLong(password)) return $"A password has at most {MaxBytes} bytes.";
        if (password.Equals(userName, StringComparison.OrdinalIgnoreCase)) return "A password is not the user name.";
        return Common.Value.Contains(password) ? "This password is one of those that are tried first. Choose another one." : null;
    }

    /// <summary>Whether a password is longer than any that can have been set.</summary>
    public static bool IsTooLong(string password) => password.Length > MaxBytes || Encoding.UTF8.GetByteCount(password) > MaxBytes;

    private static HashSet<string> ReadCommon()
    {
        using Stream stream = typeof(PasswordRules).Assembly.GetManifestResourceStream("Evergrant.Accounts.common-passwords.txt")!;
        using StreamReader reader = new(stream);
        return new(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
    }
}
