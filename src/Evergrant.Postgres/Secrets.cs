using Evergrant.Protocol.Keys;

namespace Evergrant.Postgres;

/// <summary>The table of secrets that are wrapped by a root key.</summary>
internal static class Secrets
{
    public static Statement List() => new("select name, key_number, wrapped from wrapped_secrets order by name");

    public static Statement Save(WrappedSecret? before, WrappedSecret after)
    {
        Statement statement = new Statement(before is null
                ? "insert into wrapped_secrets (name, key_number, wrapped) values ($1, $2, $3) on conflict do nothing"
                : "update wrapped_secrets set key_number = $2, wrapped = $3 where name = $1 and wrapped = $4")
            .Bind(after.Name).Bind(after.KeyNumber).Bind(after.Wrapped);
        return before is null ? statement : statement.Bind(before.Wrapped);
    }

    public static WrappedSecret Map(Rows row) => new(row.Text(0), row.Small(1), row.Bytes(2));
}
