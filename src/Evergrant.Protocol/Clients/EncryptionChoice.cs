namespace Evergrant.Protocol.Clients;

/// <summary>How answers are encrypted to a client.</summary>
/// <param name="Algorithm">JWE alg.</param>
/// <param name="ContentAlgorithm">JWE enc.</param>
public sealed record EncryptionChoice(string Algorithm, string ContentAlgorithm);
