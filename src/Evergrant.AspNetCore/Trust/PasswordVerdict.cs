using Evergrant.Protocol;

namespace Evergrant.AspNetCore.Trust;

/// <summary>What the accounts say of a user name and a password.</summary>
/// <param name="Account">Id of the account that may be used with them; null for none.</param>
/// <param name="Why">Why not, for the operator; null for a good password, and where nothing was checked and whoever asks has to wait.</param>
public sealed record PasswordVerdict(string? Account, Refusal? Why);
