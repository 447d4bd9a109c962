using System.Text;

namespace Evergrant.Reports;

/// <summary>Reads RFC 4180 text: quoted fields may hold commas, quotes (doubled) and line ends.</summary>
internal static class Csv
{
    /// <summary>The records of a file as one map per record, keyed by the names of the header.</summary>
    /// <exception cref="FormatException">A record has another number of fields than the header.</exception>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> ReadFile(string path)
    {
        IReadOnlyList<IReadOnlyList<string>> records = Parse(File.ReadAllText(path));
        if (records.Count == 0)
        {
            throw new FormatException($"{path} has no header");
        }
        IReadOnlyList<string> header = records[0];
        return
        [
            .. records.Skip(1).Select(record => record.Count == header.Count
                ? header.Zip(record).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal)
                : throw new FormatException($"{path}: {record.Count} fields where the header has {header.Count}: {string.Join(',', record)}")),
        ];
    }

    /// <summary>Splits text into records and fields; empty lines are no records.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Parse(string text)
    {
        List<IReadOnlyList<string>> records = [];
        List<string> record = [];
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
                continue;
            }
            switch (c)
            {
                case '"':
                    quoted = true;
                    break;
                case ',':
                    EndField();
                    break;
                case '\n':
                    EndRecord();
                    break;
                case '\r':
                    break;
                default:
                    field.Append(c);
                    break;
            }
        }
        EndRecord();
        return records;

        void EndField()
        {
            record.Add(field.ToString());
            field.Clear();
        }

        void EndRecord()
        {
            if (record.Count == 0 && field.Length == 0)
            {
                return;
            }
            EndField();
            records.Add(record);
            record = [];
        }
    }
}
