using System.Text.Json;
using System.Text.Json.Serialization;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Trust;

namespace Evergrant.Protocol.Storage;

/// <summary>The JSON of documents that stores keep in one column: compact, without nulls, enums as names.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Authorized))]
[JsonSerializable(typeof(Client))]
[JsonSerializable(typeof(ApiResource))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<DetailsType>))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(TrustedIssuer))]
[JsonSerializable(typeof(byte[]))]
public sealed partial class StoredJson : JsonSerializerContext;
