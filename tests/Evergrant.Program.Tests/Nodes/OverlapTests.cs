using System.Net;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>While nodes are replaced one by one, some of them work with tables that are a version ahead.</summary>
public sealed class OverlapTests
{
    // What a script may do (docs/operations/postgres.md): add tables, columns with a value of their own, indexes.
    private const string NextVersion = """
        begin;
        alter table grants add column note text not null default '';
        alter table clients add column checked_at bigint;
        create table further (id uuid primary key);
        create index further_by_note on grants (note) where note <> '';
        insert into evergrant_versions (version) select max(version) + 1 from evergrant_versions;
        commit
        """;

    [Fact]
    public async Task Nodes_go_on_and_start_anew_with_tables_one_version_ahead_and_refuse_two()
    {
        await using NodeSet nodes = await NodeSet.StartAsync(2);
        using var visitor = new Visitor(nodes);
        Answer tokens = await visitor.RedeemAsync(0, await visitor.CodeAsync(0));
        await nodes.ExecuteAsync(NextVersion);

        Answer refreshed = await visitor.RefreshAsync(1, tokens.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, refreshed.Status);
        await nodes.AddAsync();
        Assert.Equal(HttpStatusCode.OK, (await visitor.RefreshAsync(2, refreshed.RefreshToken)).Status);
        Assert.NotEmpty((await visitor.RedeemAsync(1, await visitor.CodeAsync(2))).RefreshToken);
        Said doctor = await nodes.Run("", "doctor");
        Assert.Contains("one version ahead of this program", doctor.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await nodes.Run("", "client", "add", "robot", "--grant-type", "client_credentials", "--scope", "openid")).ExitCode);

        await nodes.ExecuteAsync("insert into evergrant_versions (version) select max(version) + 1 from evergrant_versions");
        Said refused = await nodes.Run("", "client", "list");
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("Run the newer program", refused.Error, StringComparison.Ordinal);
    }
}
