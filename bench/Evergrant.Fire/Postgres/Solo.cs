namespace Evergrant.Fire.Postgres;

/// <summary>One PostgreSQL server with an empty database for the nodes.</summary>
internal sealed class Solo : IAsyncDisposable
{
    private Solo(ServerFolder folder) => (Folder, Server) = (folder, new Instance(folder, "a"));

    /// <summary>Where it lives, and whose it is.</summary>
    public ServerFolder Folder { get; }

    public Instance Server { get; }

    public static async Task<Solo> StartAsync()
    {
        Solo solo = new(await ServerFolder.CreateAsync());
        try
        {
            await solo.Server.InitializeAsync();
            await solo.Server.StartAsync();
            await solo.Server.AskAsync<object>($"create database {FireDatabase.Name}");
            return solo;
        }
        catch
        {
            await solo.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a node is told to find it.</summary>
    /// <param name="port">Of a proxy before it; null for its own.</param>
    /// <param name="more">Further parts of the connection string.</param>
    public string ConnectionString(int? port = null, string more = "") => $"Host=127.0.0.1;Port={port ?? Server.Port};Username=evergrant;Database={FireDatabase.Name}{more}";

    /// <summary>The first column of the first row, of the nodes' database.</summary>
    public Task<T?> AskAsync<T>(string sql) => Server.AskAsync<T>(sql, FireDatabase.Name);

    public ValueTask DisposeAsync() => Folder.DisposeAsync();
}

/// <summary>The nodes' database.</summary>
internal static class FireDatabase
{
    public const string Name = "fire";
}
