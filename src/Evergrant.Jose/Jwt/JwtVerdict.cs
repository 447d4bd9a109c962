using System.Diagnostics.CodeAnalysis;

namespace Evergrant.Jose;

/// <summary>What came of judging a JWT: its claims, or a named reason. For the operator's eyes; the caller of an endpoint learns neither.</summary>
/// <typeparam name="T">The profile's claims.</typeparam>
/// <param name="Value">The claims; null when the JWT is refused.</param>
/// <param name="Fault">The first rule that was broken; <see cref="JwtFault.None"/> when all hold.</param>
/// <param name="Detail">The claim's name, or a constant sentence about the form; null where the fault says it all. Never holds input.</param>
public sealed record JwtVerdict<T>(T? Value, JwtFault Fault, string? Detail)
    where T : class
{
    /// <summary>Whether the JWT may be relied upon.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool Holds => Fault == JwtFault.None;
}
