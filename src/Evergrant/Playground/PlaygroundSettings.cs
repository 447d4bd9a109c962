using System.Text.Json;
using System.Text.Json.Serialization;

namespace Evergrant.Playground;

/// <summary>What the playground's script has to know; made-up values of development mode, shown to whoever opens the page.</summary>
/// <param name="Issuer">Issuer, byte for byte.</param>
/// <param name="NativeClientId">The public client with which the person signs in.</param>
/// <param name="WebClientId">The confidential client that introspects.</param>
/// <param name="WebClientSecret">Its secret.</param>
/// <param name="Scope">What is asked for.</param>
/// <param name="UserName">The demo user.</param>
/// <param name="Password">The demo user's password.</param>
public sealed record PlaygroundSettings(
    string Issuer, string NativeClientId, string WebClientId, string WebClientSecret, string Scope, string UserName, string Password)
{
    /// <summary>As JSON for the page.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, PlaygroundJson.Default.PlaygroundSettings);

    /// <summary>The issuer only.</summary>
    public override string ToString() => Issuer;
}

/// <summary>Holds the settings of the playground, which are known only when the demo clients have been declared.</summary>
internal sealed class PlaygroundDoor
{
    /// <summary>The settings; null while the playground is shut.</summary>
    public PlaygroundSettings? Settings { get; set; }
}

/// <summary>JSON in the form that the script reads. The default encoder writes no character that could end a script element.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PlaygroundSettings))]
internal sealed partial class PlaygroundJson : JsonSerializerContext;
