using Evergrant.Accounts;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Explain;
using Evergrant.AspNetCore.Keys;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Playground;

namespace Evergrant.Cli;

/// <summary>What commands work with: the services of the server that runs, or of a folder that the command itself has opened.</summary>
/// <param name="Settings">The server's settings.</param>
/// <param name="Store">Its store.</param>
/// <param name="Secrets">What is derived from its root keys.</param>
/// <param name="Registry">Its accounts.</param>
/// <param name="Keys">Its signing keys.</param>
/// <param name="RootKeys">Its root keys, to be rotated.</param>
/// <param name="Explainer">Its memory of refusals.</param>
/// <param name="Catalogue">What it has cached of clients; to be told of changes.</param>
/// <param name="Time">Its clock.</param>
/// <param name="Playground">Its playground, to be opened in development mode.</param>
internal sealed record Operations(
    ServerSettings Settings, OpenStore Store, IServerSecrets Secrets, AccountRegistry Registry, KeyRings Keys, RootKeyRotation RootKeys, Explainer Explainer, ClientCatalogue Catalogue, TimeProvider Time,
    PlaygroundDoor Playground);
