using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Evergrant.Protocol.Policies;

/// <summary>JSON of policies: compact.</summary>
[JsonSerializable(typeof(JsonNode))]
internal sealed partial class PolicyJson : JsonSerializerContext;
